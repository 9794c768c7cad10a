import { Component, computed, input } from '@angular/core';
import { type CallDetail } from '../api/generated/models.ts';
import { DateTimePipe } from '../calendar/date-time.pipe.ts';
import { DurationPipe } from '../calendar/duration.pipe.ts';
import { formatNumber } from '../phone-numbers/phone-number.ts';
import { DIRECTION, reasonWords } from './call-words.ts';
import { OutsideParty } from './outside-party.ts';

/** What is known about the call, and who took part. */
@Component({
  selector: 'dw-call-facts',
  imports: [DateTimePipe, DurationPipe, OutsideParty],
  templateUrl: './call-facts.html',
  styles: `
    h2 {
      margin-bottom: 0.75rem;
    }
    section + section {
      margin-top: 1rem;
    }
    .id {
      word-break: break-all;
    }
  `,
})
export class CallFacts {
  readonly call = input.required<CallDetail>();
  protected readonly direction = DIRECTION;
  protected readonly reason = computed(() => {
    const { reason } = this.call();
    return reason === null ? null : reasonWords(reason);
  });
  protected readonly dialled = computed(() => formatNumber(this.call().dialled));
  protected readonly talkMs = computed(() => {
    const { answeredAt, endedAt } = this.call();
    return answeredAt && endedAt ? Date.parse(endedAt) - Date.parse(answeredAt) : null;
  });
}
