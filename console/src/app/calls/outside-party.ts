import { Component, computed, input } from '@angular/core';
import { type CallSummary } from '../api/generated/models.ts';
import { formatNumber } from '../phone-numbers/phone-number.ts';
import { NO_NUMBER } from './call-words.ts';

/** The outside party's number, or why there is none. */
@Component({
  selector: 'dw-outside-party',
  template: `@if (number(); as text) {
      <span class="figures number">{{ text }}</span>
    } @else {
      {{ absent() }}
    }`,
  styles: `
    .number {
      white-space: nowrap;
    }
  `,
})
export class OutsideParty {
  readonly call = input.required<Pick<CallSummary, 'number' | 'presentation'>>();
  protected readonly number = computed(() => {
    const { number } = this.call();
    return number === null ? null : formatNumber(number);
  });
  protected readonly absent = computed(() => NO_NUMBER[this.call().presentation]);
}
