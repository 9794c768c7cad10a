import { Component, computed, inject, input, resource, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { readCall } from '../api/generated/functions.ts';
import { type CallDetail } from '../api/generated/models.ts';
import { ExportLauncher } from '../exports/export-launcher.ts';
import { EventStream } from '../live/event-stream.ts';
import { LiveCalls } from '../live/live-calls.ts';
import { RecordingPanel } from '../recordings/recording-panel.ts';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { SignChip } from '../ui/sign-chip.ts';
import { Skeleton } from '../ui/skeleton.ts';
import { ActOutcomeNotice } from './acts/act-outcome.ts';
import { CallActMenu } from './acts/call-act-menu.ts';
import { CallActs } from './acts/call-acts.ts';
import { CallFacts } from './call-facts.ts';
import { CallTimeline } from './call-timeline.ts';
import { DIRECTION, MARKED, signOf } from './call-words.ts';
import { OutsideParty } from './outside-party.ts';
import { PrintFooter } from '../shell/print-footer.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';

@Component({
  selector: 'dw-call-detail-page',
  imports: [
    ActOutcomeNotice,
    CallActMenu,
    CallFacts,
    CallTimeline,
    DateTimePipe,
    FailureNotice,
    Icon,
    OutsideParty,
    PrintFooter,
    RecordingPanel,
    RouterLink,
    SignChip,
    Skeleton,
  ],
  templateUrl: './call-detail.page.html',
  styleUrl: './call-detail.page.css',
})
export class CallDetailPage {
  private readonly api = inject(Api);
  private readonly launcher = inject(ExportLauncher);
  private readonly panel = viewChild(RecordingPanel);
  private readonly session = inject(Session);
  private readonly live = inject(LiveCalls);
  protected readonly acts = inject(CallActs);
  protected readonly mayExport = this.session.can('recordings.export');
  protected readonly mayMark = this.session.can('calls.mark');

  /** From the address. */
  readonly id = input.required<string>();

  protected readonly call = resource({
    params: () => this.id(),
    loader: ({ params }) => this.api.invoke(readCall, { id: params }),
  });
  protected readonly failure = computed(() => {
    const error = this.call.error();
    return error ? toApiFailure(error) : null;
  });
  /** The same call as long as it goes on. */
  protected readonly inProgress = computed(() => this.live.inProgress().find(({ id }) => id === this.id()) ?? null);
  protected readonly marked = MARKED;
  protected readonly direction = DIRECTION;
  protected readonly signOf = signOf;
  protected readonly recordingStartedAt = computed(() => this.panel()?.startedAt() ?? null);
  protected readonly recordingMs = computed(() => this.panel()?.playableMs() ?? 0);

  constructor() {
    inject(EventStream)
      .calls.pipe(takeUntilDestroyed())
      .subscribe(({ id }) => {
        if (id === this.id()) this.call.reload();
      });
  }

  protected async mark(call: CallDetail): Promise<void> {
    if (await this.acts.mark(call, !call.marked)) this.call.reload();
  }

  protected playFrom(positionMs: number): void {
    this.panel()?.playFrom(positionMs);
  }

  protected export(): void {
    void this.launcher.start({ callIds: [this.id()] });
  }

  protected print(): void {
    window.print();
  }
}
