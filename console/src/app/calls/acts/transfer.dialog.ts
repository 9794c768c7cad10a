import { Component, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { FailureNotice } from '../../api/failure-notice.ts';
import { transferCall } from '../../api/generated/functions.ts';
import { focusFirstMistake } from '../../ui/first-mistake.ts';
import { ActButtons } from './act-buttons.ts';
import { CallInQuestion } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';
import { PhoneDialog } from './phone-dialog.ts';
import { PhonesAwaited } from './phones-awaited.ts';

const SAID = $localize`:@@transfer.said:転送先の電話機を呼び出しています。応答がなければ、元の電話機に戻ります。`;

/** Asks to which phone a conversation is handed on, and does it. Closes with what to say then. */
@Component({
  selector: 'dw-transfer-dialog',
  imports: [ActButtons, CallInQuestion, FailureNotice, FormField, FormRoot, PhoneChoice, PhonesAwaited],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="transfer-heading" tabindex="-1" i18n="@@transfer.heading">ほかの電話機に転送</h2>
      <dw-call-in-question [call]="call" [now]="now()" />
      <p i18n="@@transfer.text">
        相手に保留音を流しながら、選んだ電話機を呼び出します。応答がなければ、元の電話機に戻ります。録音は続きます。
      </p>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      @if (phones.hasValue()) {
        <dw-phone-choice
          label="転送先の電話機"
          i18n-label="@@transfer.to"
          fieldId="transfer-to"
          [phones]="phones.value().others"
          [formField]="form.to"
        />
      } @else {
        <dw-phones-awaited [phones]="phones" [rows]="1" (retry)="phones.reload()" />
      }
      <dw-act-buttons [sending]="form().submitting()" [ready]="ready()" (leave)="dialog.close()">
        <ng-container i18n="@@transfer.submit">転送する</ng-container>
      </dw-act-buttons>
    </form>
  `,
})
export class TransferDialog extends PhoneDialog {
  private readonly typed = signal({ to: '' });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.to), {
    submission: {
      action: () =>
        this.perform(() => this.api.invoke(transferCall, { id: this.call.id, body: { to: this.typed().to } }), SAID),
      onInvalid: focusFirstMistake,
    },
  });
}
