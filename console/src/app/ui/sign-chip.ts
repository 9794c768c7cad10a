import { Component, input } from '@angular/core';
import { type Sign } from '../calls/call-words.ts';
import { Icon } from './icon.ts';

/** A fact as a word with a mark, and on a second line a word on why. */
@Component({
  selector: 'dw-sign',
  imports: [Icon],
  template: `<span [class]="'chip ' + sign().tone"><dw-icon [name]="sign().icon" />{{ sign().label }}</span>
    @if (sign().note; as note) {
      <span class="note">{{ note }}</span>
    }`,
  styles: `
    :host {
      display: inline-flex;
      flex-direction: column;
      align-items: start;
      gap: 0.125rem;
    }
    .note {
      font-size: 0.8125rem;
      line-height: 1.3;
    }
  `,
})
export class SignChip {
  readonly sign = input.required<Sign>();
}
