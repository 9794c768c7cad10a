import { Component, computed, input } from '@angular/core';
import { type CallSummary } from '../api/generated/models.ts';
import { formatNumber } from '../phone-numbers/phone-number.ts';

/** The line a call came in on; the dialled number when no line of ours has it. */
@Component({
  selector: 'dw-own-line',
  template: `@if (call().line; as line) {
      {{ line.name }}
    } @else {
      <span class="figures">{{ dialled() }}</span>
    }`,
})
export class OwnLine {
  readonly call = input.required<Pick<CallSummary, 'line' | 'dialled'>>();
  protected readonly dialled = computed(() => formatNumber(this.call().dialled));
}
