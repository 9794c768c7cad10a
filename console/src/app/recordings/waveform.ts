import {
  CSP_NONCE,
  Component,
  DestroyRef,
  type ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type WaveSurfer from 'wavesurfer.js';
import { type RecordingPeaks } from '../api/generated/models.ts';

export interface Mark {
  positionMs: number;
  label: string;
}

const SIDE_HEIGHT = 64;
/** Below this, the loudest sound is noise of the line and must not be blown up to look like speech. */
const LEAST_FULL_SCALE = 0.1;

/**
 * Both sides drawn one above the other, for the eye and the pointer only: everything here can also be done with the
 * slider and the timeline, so it is hidden from assistive technology.
 */
@Component({
  selector: 'dw-waveform',
  template: `
    <div class="sides" aria-hidden="true">
      <span i18n="@@player.outsideOnly">相手側</span>
      <span i18n="@@player.officeOnly">職員側</span>
    </div>
    <div class="canvas" aria-hidden="true">
      <div #container></div>
      @for (mark of placedMarks(); track $index) {
        <span class="mark" [style.inset-inline-start.%]="mark.percent" [title]="mark.label"></span>
      }
      @if (broken()) {
        <p class="muted small" i18n="@@player.noWaveform">波形を表示できません。再生はできます。</p>
      }
    </div>
  `,
  styleUrl: './waveform.css',
  host: { '[style.--side-height.px]': 'sideHeight' },
})
export class Waveform {
  private readonly nonce = inject(CSP_NONCE);
  private readonly destroyed = inject(DestroyRef);
  private readonly container = viewChild.required<ElementRef<HTMLElement>>('container');
  protected readonly sideHeight = SIDE_HEIGHT;
  protected readonly broken = signal(false);
  private readonly surfer = signal<WaveSurfer | null>(null);

  readonly audio = input.required<HTMLAudioElement>();
  readonly peaks = input.required<RecordingPeaks>();
  readonly durationMs = input.required<number>();
  readonly marks = input<readonly Mark[]>([]);
  readonly positionMs = input(0);
  /** A position that was pointed at. */
  readonly seek = output<number>();

  protected readonly placedMarks = computed(() =>
    this.marks().map(({ positionMs, label }) => ({ label, percent: (positionMs / this.durationMs()) * 100 })),
  );

  constructor() {
    afterNextRender(() => void this.draw().catch(() => this.broken.set(true)));
    // An audio element tells of no jump before it has loaded anything: until then the cursor follows the position.
    effect(() => {
      const [surfer, seconds] = [this.surfer(), this.positionMs() / 1000];
      if (surfer && this.audio().readyState === HTMLMediaElement.HAVE_NOTHING) surfer.setTime(seconds);
    });
  }

  private async draw(): Promise<void> {
    const { default: WaveSurferClass } = await import('wavesurfer.js');
    if (this.destroyed.destroyed) return;
    const { left, right } = this.peaks();
    const surfer = WaveSurferClass.create({
      container: this.container().nativeElement,
      media: this.audio(),
      peaks: [left, right],
      duration: this.durationMs() / 1000,
      maxPeak: fullScale(left, right),
      splitChannels: sideColours(),
      height: SIDE_HEIGHT,
      barWidth: 2,
      barGap: 1,
      cursorColor: colour('--dw-text'),
      cursorWidth: 2,
      dragToSeek: true,
      hideScrollbar: true,
      ...(this.nonce === null ? {} : { cspNonce: this.nonce }),
    });
    surfer.on('interaction', (seconds) => this.seek.emit(seconds * 1000));
    this.surfer.set(surfer);
    this.destroyed.onDestroy(() => surfer.destroy());
  }
}

/** A loop, because a two-hour call has more values than a call may have arguments. */
function fullScale(...sides: readonly (readonly number[])[]): number {
  let largest = LEAST_FULL_SCALE;
  for (const side of sides) for (const value of side) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function sideColours() {
  if (matchMedia('(forced-colors: active)').matches) {
    return [0, 1].map(() => ({ waveColor: 'CanvasText', progressColor: 'Highlight' }));
  }
  return [
    { waveColor: colour('--dw-outside'), progressColor: colour('--dw-outside-played') },
    { waveColor: colour('--dw-office'), progressColor: colour('--dw-office-played') },
  ];
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
