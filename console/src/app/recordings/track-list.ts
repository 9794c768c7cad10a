import { Component, computed, input, output } from '@angular/core';
import { type RecordingTrack } from '../api/generated/models.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { trackWords } from './track-words.ts';

/** 目立つ箇所 as a list of buttons, in the order of time. */
@Component({
  selector: 'dw-track-list',
  imports: [DurationPipe],
  template: `
    @if (tracks().length > 0) {
      <details>
        <summary i18n="@@trackBands.list">沈黙・被り・大声など: {{ tracks().length }}か所</summary>
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
  styleUrl: './track-list.css',
})
export class TrackList {
  readonly tracks = input.required<readonly RecordingTrack[]>();
  /** A position to play from. */
  readonly goTo = output<number>();

  protected readonly listed = computed(() => this.tracks().map((track) => ({ ...track, words: trackWords(track) })));
}
