import { Component, ElementRef, computed, inject, input, output } from '@angular/core';
import { formatDuration } from '../calendar/duration.ts';

const STEPS: Partial<Record<string, number>> = {
  ArrowRight: 5,
  ArrowUp: 5,
  ArrowLeft: -5,
  ArrowDown: -5,
  PageUp: 30,
  PageDown: -30,
};

/** Media seek slider after the W3C ARIA Authoring Practices: positions are spoken as 4分3秒. */
@Component({
  selector: 'dw-seek-slider',
  template: `<span class="rail"><span class="done" [style.inline-size.%]="percent()"></span></span>
    <span class="thumb" [style.inset-inline-start.%]="percent()"></span>`,
  styleUrl: './seek-slider.css',
  host: {
    role: 'slider',
    tabindex: '0',
    'aria-valuemin': '0',
    '[attr.aria-label]': 'label',
    '[attr.aria-valuemax]': 'durationSeconds()',
    '[attr.aria-valuenow]': 'positionSeconds()',
    '[attr.aria-valuetext]': 'spoken()',
    '(keydown)': 'onKey($event)',
    '(pointerdown)': 'onPointer($event)',
    '(pointermove)': 'onDrag($event)',
  },
})
export class SeekSlider {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly positionMs = input.required<number>();
  readonly durationMs = input.required<number>();
  /** A position to go to. */
  readonly seek = output<number>();
  /** Seconds to go on or back. Relative, because keys can come faster than positions are told. */
  readonly skip = output<number>();

  protected readonly label = $localize`:@@player.position:再生位置`;
  protected readonly percent = computed(() =>
    this.durationMs() > 0 ? Math.min(100, (this.positionMs() / this.durationMs()) * 100) : 0,
  );
  protected readonly durationSeconds = computed(() => Math.floor(this.durationMs() / 1000));
  protected readonly positionSeconds = computed(() =>
    Math.min(this.durationSeconds(), Math.floor(this.positionMs() / 1000)),
  );
  protected readonly spoken = computed(() => {
    const position = formatDuration(this.positionMs());
    const duration = formatDuration(this.durationMs());
    return $localize`:@@player.positionOf:${position}:position:(全体${duration}:duration:)`;
  });

  protected onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const seconds = STEPS[event.key];
    if (seconds !== undefined) this.skip.emit(seconds);
    else if (event.key === 'Home') this.emit(0);
    else if (event.key === 'End') this.emit(this.durationMs());
    else return;
    event.preventDefault();
  }

  protected onPointer(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.host.setPointerCapture(event.pointerId);
    this.emitAt(event);
  }

  protected onDrag(event: PointerEvent): void {
    if (this.host.hasPointerCapture(event.pointerId)) this.emitAt(event);
  }

  private emitAt({ clientX }: PointerEvent): void {
    const { left, width } = this.host.getBoundingClientRect();
    if (width > 0) this.emit(((clientX - left) / width) * this.durationMs());
  }

  private emit(positionMs: number): void {
    this.seek.emit(Math.max(0, Math.min(this.durationMs(), positionMs)));
  }
}
