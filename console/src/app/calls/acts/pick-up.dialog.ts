import { Component, computed, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { FailureNotice } from '../../api/failure-notice.ts';
import { pickUpCall } from '../../api/generated/functions.ts';
import { focusFirstMistake } from '../../ui/first-mistake.ts';
import { ActButtons } from './act-buttons.ts';
import { CallInQuestion } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';
import { PhoneDialog } from './phone-dialog.ts';
import { PhonesAwaited } from './phones-awaited.ts';

const SAID = $localize`:@@pickUp.said:選んだ電話機を呼び出しています。受話器を取ると、預けた通話につながります。`;

/** Asks which phone takes a parked call, and rings it. Closes with what to say then. */
@Component({
  selector: 'dw-pick-up-dialog',
  imports: [ActButtons, CallInQuestion, FailureNotice, FormField, FormRoot, PhoneChoice, PhonesAwaited],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="pick-up-heading" tabindex="-1" i18n="@@pickUp.heading">預けた通話を取る</h2>
      <dw-call-in-question [call]="call" [now]="now()" />
      <p i18n="@@pickUp.text">
        選んだ電話機が鳴り、受話器を取ると通話につながります。それまで、相手には保留音が流れます。
      </p>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      @if (phones.hasValue()) {
        <dw-phone-choice
          label="呼び出す電話機"
          i18n-label="@@pickUp.phone"
          fieldId="pick-up-phone"
          [phones]="every()"
          [formField]="form.phone"
        />
      } @else {
        <dw-phones-awaited [phones]="phones" [rows]="1" (retry)="phones.reload()" />
      }
      <dw-act-buttons [sending]="form().submitting()" [ready]="ready()" (leave)="dialog.close()">
        <ng-container i18n="@@pickUp.submit">電話機を呼び出す</ng-container>
      </dw-act-buttons>
    </form>
  `,
})
export class PickUpDialog extends PhoneDialog {
  private readonly typed = signal({ phone: '' });
  /** The one that parked the call, too, as long as the journal has not said that it has gone. */
  protected readonly every = computed(() => {
    if (!this.phones.hasValue()) return [];
    const { talking, others } = this.phones.value();
    return talking ? [talking, ...others] : others;
  });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.phone), {
    submission: {
      action: () => this.perform(() => this.api.invoke(pickUpCall, { id: this.call.id, body: this.typed() }), SAID),
      onInvalid: focusFirstMistake,
    },
  });
}
