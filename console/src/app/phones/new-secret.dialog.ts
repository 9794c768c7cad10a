import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { makePhoneSecret, readConfiguration, replaceConfiguration } from '../api/generated/functions.ts';
import { Notice } from '../ui/notice.ts';

/** Says what a new password means for a phone, and gives it one. Closes with true once it is in the configuration. */
@Component({
  selector: 'dw-new-secret-dialog',
  imports: [FailureNotice, Notice],
  template: `
    <div class="dialog">
      <h2 id="new-secret-heading" tabindex="-1" i18n="@@newSecret.heading">新しいパスワードに変えますか</h2>
      <p>{{ phone.name }}</p>
      <dw-notice
        kind="warning"
        heading="電話機に新しいパスワードを入力するまで、この電話機は使えなくなります。"
        i18n-heading="@@newSecret.meaning"
      >
        <p class="small" i18n="@@newSecret.text">
          いまのパスワードでは、次の登録の更新から登録できません。パスワードが知られたおそれがあるときや、電話機を入れ替えるときに変えてください。
        </p>
      </dw-notice>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <div class="actions">
        <button type="button" class="button" (click)="dialog.close(false)" i18n="@@newSecret.cancel">変えない</button>
        <button type="button" class="button solid" [attr.aria-disabled]="sending()" (click)="renew()">
          @if (sending()) {
            <ng-container i18n="@@newSecret.sending">変えています…</ng-container>
          } @else {
            <ng-container i18n="@@newSecret.submit">新しいパスワードに変える</ng-container>
          }
        </button>
      </div>
    </div>
  `,
})
export class NewSecretDialog {
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  protected readonly phone = inject<{ id: string; name: string }>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly sending = signal(false);
  protected readonly failure = signal<ApiFailure | null>(null);

  protected async renew(): Promise<void> {
    if (this.sending()) return;
    this.sending.set(true);
    this.failure.set(null);
    try {
      const { secret } = await this.api.invoke(makePhoneSecret);
      const { version, document } = await this.api.invoke(readConfiguration);
      const phones = document.phones.map((phone) =>
        phone.id === this.phone.id && phone.type === 'sip' ? { ...phone, secret } : phone,
      );
      // Refused when somebody else has changed the configuration meanwhile.
      await this.api.invoke(replaceConfiguration, { 'If-Match': `"${version}"`, body: { ...document, phones } });
      this.dialog.close(true);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.sending.set(false);
    }
  }
}
