import { Component, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { FailureNotice } from '../../api/failure-notice.ts';
import { transferCall } from '../../api/generated/functions.ts';
import { type Choice, Choices } from '../../ui/choices.ts';
import { focusFirstMistake } from '../../ui/first-mistake.ts';
import { ActButtons } from './act-buttons.ts';
import { CallInQuestion } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';
import { PhoneDialog } from './phone-dialog.ts';
import { PhonesAwaited } from './phones-awaited.ts';

const SAID = $localize`:@@transfer.said:転送先の電話機を呼び出しています。応答がなければ、元の電話機に戻ります。`;
const ASKING_SAID = $localize`:@@transfer.askingSaid:転送先の電話機を呼び出しています。元の電話機で話し、受話器を置くと転送されます。`;

const WAYS: Choice<'at-once' | 'ask-first'>[] = [
  {
    id: 'at-once',
    name: $localize`:@@transfer.atOnce:すぐに転送する`,
    note: $localize`:@@transfer.atOnceNote:応答がなければ、元の電話機に戻ります`,
  },
  {
    id: 'ask-first',
    name: $localize`:@@transfer.askFirst:転送先と話してから転送する`,
    note: $localize`:@@transfer.askFirstNote:職員が転送先と話し、受話器を置くと転送されます。*0を押すと、通話に戻ります`,
  },
];

/** Asks to which phone a conversation is handed on and how, and does it. Closes with what to say then. */
@Component({
  selector: 'dw-transfer-dialog',
  imports: [ActButtons, CallInQuestion, Choices, FailureNotice, FormField, FormRoot, PhoneChoice, PhonesAwaited],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="transfer-heading" tabindex="-1" i18n="@@transfer.heading">ほかの電話機に転送</h2>
      <dw-call-in-question [call]="call" [now]="now()" />
      <p i18n="@@transfer.text">相手に保留音を流しながら、選んだ電話機を呼び出します。録音は続きます。</p>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      @if (phones.hasValue()) {
        <dw-choices
          label="転送のしかた"
          i18n-label="@@transfer.how"
          fieldId="transfer-how"
          [choices]="ways"
          [value]="typed().askFirst ? 'ask-first' : 'at-once'"
          (chosen)="ask($event === 'ask-first')"
        />
        <dw-phone-choice
          label="転送先の電話機"
          i18n-label="@@transfer.to"
          fieldId="transfer-to"
          [phones]="phones.value().others"
          [formField]="form.to"
        />
      } @else {
        <dw-phones-awaited [phones]="phones" [rows]="3" (retry)="phones.reload()" />
      }
      <dw-act-buttons [sending]="form().submitting()" [ready]="ready()" (leave)="dialog.close()">
        <ng-container i18n="@@transfer.submit">転送する</ng-container>
      </dw-act-buttons>
    </form>
  `,
})
export class TransferDialog extends PhoneDialog {
  protected readonly ways = WAYS;
  protected readonly typed = signal({ to: '', askFirst: false });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.to), {
    submission: { action: () => this.send(), onInvalid: focusFirstMistake },
  });

  protected ask(askFirst: boolean): void {
    this.typed.update((typed) => ({ ...typed, askFirst }));
  }

  private async send(): Promise<null> {
    const body = this.typed();
    return this.perform(
      () => this.api.invoke(transferCall, { id: this.call.id, body }),
      body.askFirst ? ASKING_SAID : SAID,
    );
  }
}
