import { Component, computed, input, output } from '@angular/core';
import { type CallDetail } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { Icon } from '../ui/icon.ts';
import { isTrouble, timelineWords } from './timeline-words.ts';

/** 経過: what happened when. A time that lies in the recording plays from there. */
@Component({
  selector: 'dw-call-timeline',
  imports: [DateTimePipe, DurationPipe, Icon],
  templateUrl: './call-timeline.html',
  styleUrl: './call-timeline.css',
})
export class CallTimeline {
  readonly call = input.required<CallDetail>();
  readonly recordingStartedAt = input<string | null>(null);
  /** Length of what can be played; 0 when nothing can. */
  readonly playableMs = input(0);
  readonly playFrom = output<number>();

  protected readonly entries = computed(() => {
    const recordedFrom = this.recordingStartedAt();
    return this.call().timeline.map((entry) => ({
      at: entry.at,
      offsetMs: entry.offsetMs,
      words: timelineWords(entry),
      trouble: isTrouble(entry),
      positionMs: recordedFrom === null ? null : this.playable(Date.parse(entry.at) - Date.parse(recordedFrom)),
    }));
  });

  private playable(positionMs: number): number | null {
    return this.playableMs() > 0 && positionMs < this.playableMs() ? Math.max(0, positionMs) : null;
  }
}
