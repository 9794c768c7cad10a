import { Component, computed, input, output } from '@angular/core';
import { type RecordingTrack } from '../api/generated/models.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { trackWords } from './track-words.ts';

const ROWS: readonly RecordingTrack['kind'][] = ['silence', 'overlap', 'loud', 'clipping'];

/**
 * 目立つ箇所: thin bands under the waveform for the eye and the pointer, and the same as a list of buttons for everybody.
 * Lies in the player's grid, so that a band stands exactly under what it is about.
 */
@Component({
  selector: 'dw-track-bands',
  imports: [DurationPipe],
  template: `
    @for (row of rows(); track row.kind) {
      <span class="name small" aria-hidden="true">{{ row.name }}</span>
      <div class="row" aria-hidden="true">
        @for (band of row.bands; track $index) {
          <span
            [class]="'band ' + row.kind + (band.side ? ' ' + band.side : '')"
            [style.inset-inline-start.%]="band.fromPercent"
            [style.inline-size.%]="band.percent"
            [title]="band.words"
            (click)="goTo.emit(band.fromMs)"
          ></span>
        }
      </div>
    }
    @if (listed().length > 0) {
      <details>
        <summary i18n="@@trackBands.list">沈黙・被り・大声など: {{ listed().length }}か所</summary>
        <ul>
          @for (track of listed(); track $index) {
            <li>
              <button type="button" class="button quiet figures" (click)="goTo.emit(track.fromMs)">
                <span class="visually-hidden" i18n="@@trackBands.playFrom">この位置から再生</span>
                {{ track.fromMs | dwDuration: 'position' }}
              </button>
              {{ track.words }}
              <span class="muted">{{ track.toMs - track.fromMs | dwDuration }}</span>
            </li>
          }
        </ul>
      </details>
    }
  `,
  styleUrl: './track-bands.css',
})
export class TrackBands {
  readonly tracks = input.required<readonly RecordingTrack[]>();
  readonly durationMs = input.required<number>();
  /** A position to play from. */
  readonly goTo = output<number>();

  protected readonly listed = computed(() =>
    this.tracks().map((track) => ({
      ...track,
      words: trackWords(track),
      fromPercent: (track.fromMs / this.durationMs()) * 100,
      percent: ((track.toMs - track.fromMs) / this.durationMs()) * 100,
    })),
  );
  /** A row for each kind there is. */
  protected readonly rows = computed(() =>
    ROWS.map((kind) => ({
      kind,
      name: trackWords({ kind, side: null }).replace(/\(.*/, ''),
      bands: this.listed().filter((track) => track.kind === kind),
    })).filter(({ bands }) => bands.length > 0),
  );
}
