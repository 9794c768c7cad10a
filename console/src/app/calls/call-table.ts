import { Component, type ElementRef, computed, input, model, output, viewChildren } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type CallSummary } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { recordingSign } from '../recordings/recording-words.ts';
import { Icon } from '../ui/icon.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { DIRECTION, MARKED, signOf } from './call-words.ts';
import { OutsideParty } from './outside-party.ts';
import { OwnLine } from './own-line.ts';

@Component({
  selector: 'dw-call-table',
  imports: [DateTimePipe, DurationPipe, Icon, OutsideParty, OwnLine, RouterLink, SignChip],
  templateUrl: './call-table.html',
  styleUrl: './call-table.css',
})
export class CallTable {
  private readonly links = viewChildren<ElementRef<HTMLElement>>('open');
  readonly calls = input.required<readonly CallSummary[]>();
  /** Ids of the calls that are chosen; null = nothing can be chosen. */
  readonly picked = model<ReadonlySet<string> | null>(null);
  protected readonly allPicked = computed(() => this.calls().every(({ id }) => this.picked()?.has(id)));
  /** Id of a call whose detail is about to be opened. */
  readonly opening = output<string>();

  protected readonly direction = DIRECTION;
  protected readonly marked = MARKED;
  protected readonly signOf = signOf;
  protected readonly recordingSign = recordingSign;

  focusRow(id: string | null): void {
    this.linkOf(id)?.focus();
  }

  showRow(id: string | null): void {
    this.linkOf(id)?.scrollIntoView({ block: 'center' });
  }

  protected pick(id: string): void {
    const ids = new Set(this.picked());
    if (!ids.delete(id)) ids.add(id);
    this.picked.set(ids);
  }

  /** All that are shown, or none. */
  protected pickAll(): void {
    this.picked.set(new Set(this.allPicked() ? [] : this.calls().map(({ id }) => id)));
  }

  private linkOf(id: string | null): HTMLElement | undefined {
    return this.links().find(({ nativeElement }) => nativeElement.dataset['call'] === id)?.nativeElement;
  }
}
