import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject, resource, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../../api/api-failure.ts';
import { FailureNotice } from '../../api/failure-notice.ts';
import { Api } from '../../api/generated/api.ts';
import { listCallPhones, transferCall } from '../../api/generated/functions.ts';
import { type LiveCall } from '../../api/generated/models.ts';
import { Skeleton } from '../../ui/skeleton.ts';
import { CallInQuestion, followedCall } from './call-in-question.ts';
import { PhoneChoice, phoneChosen } from './phone-choice.ts';

const SAID = $localize`:@@transfer.said:転送先の電話機を呼び出しています。応答がなければ、元の電話機に戻ります。`;

/** Asks to which phone a conversation is handed on, and does it. Closes with what to say then. */
@Component({
  selector: 'dw-transfer-dialog',
  imports: [CallInQuestion, FailureNotice, FormField, FormRoot, PhoneChoice, Skeleton],
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
      } @else if (unknown(); as failed) {
        <dw-failure-notice [failure]="failed" [retryable]="failed.status !== 409" (retry)="phones.reload()" />
      } @else {
        <dw-skeleton [rows]="1" />
      }
      <div class="actions">
        <button type="button" class="button" (click)="dialog.close()" i18n="@@acts.cancel">やめる</button>
        <button type="submit" class="button solid" [attr.aria-disabled]="form().submitting() || !ready()">
          @if (form().submitting()) {
            <ng-container i18n="@@acts.sending">送信しています…</ng-container>
          } @else {
            <ng-container i18n="@@transfer.submit">転送する</ng-container>
          }
        </button>
      </div>
    </form>
  `,
})
export class TransferDialog {
  protected readonly dialog = inject<DialogRef<string>>(DialogRef);
  protected readonly call = inject<LiveCall>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly now = followedCall(this.call);
  protected readonly phones = resource({
    loader: () => this.api.invoke(listCallPhones, { id: this.call.id }),
  });
  protected readonly unknown = computed(() => {
    const error = this.phones.error();
    return error ? toApiFailure(error) : null;
  });
  protected readonly ready = computed(() => this.now() !== null && this.phones.hasValue());
  protected readonly failure = signal<ApiFailure | null>(null);
  private readonly typed = signal({ to: '' });

  protected readonly form = form(this.typed, (path) => phoneChosen(path.to), {
    submission: {
      action: () => this.send(),
      onInvalid: (field) => field().errorSummary()[0]?.fieldTree().focusBoundControl(),
    },
  });

  private async send(): Promise<null> {
    if (!this.ready()) return null;
    this.failure.set(null);
    try {
      await this.api.invoke(transferCall, { id: this.call.id, body: { to: this.typed().to } });
      this.dialog.close(SAID);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
