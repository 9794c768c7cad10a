import { Component, computed, input, output } from '@angular/core';
import { type RecordingTrack } from '../api/generated/models.ts';
import { trackWords } from './track-words.ts';

const ROWS: readonly RecordingTrack['kind'][] = ['silence', 'overlap', 'loud', 'clipping'];

/**
 * 目立つ箇所: thin bands under the waveform, for the eye and the pointer only; `TrackList` is the same for everybody.
 * Lies in the player's grid, so that a band stands exactly under what it is about.
 */
@Component({
  selector: 'dw-track-bands',
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
  `,
  styleUrl: './track-bands.css',
})
export class TrackBands {
  readonly tracks = input.required<readonly RecordingTrack[]>();
  readonly durationMs = input.required<number>();
  /** A position to play from. */
  readonly goTo = output<number>();

  private readonly bands = computed(() =>
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
      bands: this.bands().filter((track) => track.kind === kind),
    })).filter(({ bands }) => bands.length > 0),
  );
}
