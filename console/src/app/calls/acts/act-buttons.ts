import { Component, input, output } from '@angular/core';

/** The last row of a form that asks before it acts on a call; what stands in it is written on the button that acts. */
@Component({
  selector: 'dw-act-buttons',
  host: { class: 'actions' },
  template: `
    <button type="button" class="button" (click)="leave.emit()" i18n="@@acts.cancel">やめる</button>
    <button type="submit" class="button solid" [attr.aria-disabled]="sending() || !ready()">
      @if (sending()) {
        <ng-container i18n="@@acts.sending">送信しています…</ng-container>
      } @else {
        <ng-content />
      }
    </button>
  `,
})
export class ActButtons {
  readonly sending = input.required<boolean>();
  /** Whether the act can be done. */
  readonly ready = input.required<boolean>();
  readonly leave = output();
}
