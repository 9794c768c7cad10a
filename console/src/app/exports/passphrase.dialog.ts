import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, form, required } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { holdExportPassphrase } from '../api/generated/functions.ts';
import { PasswordField } from '../session/password-field.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { typeableAnywhere, typedAgain } from './passphrase-rules.ts';

/** Takes the passphrase for another download of an encrypted export. Closes with true once it is held. */
@Component({
  selector: 'dw-passphrase-dialog',
  imports: [FailureNotice, FormField, FormRoot, PasswordField],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="passphrase-heading" tabindex="-1" i18n="@@passphrase.heading">パスフレーズの入力</h2>
      <p i18n="@@passphrase.text">
        パスフレーズは保存されないため、ダウンロードのたびに入力が必要です。これからダウンロードするファイルは、ここで入力するパスフレーズで開きます。15分以内にダウンロードを始めてください。
      </p>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <dw-password-field
        label="パスフレーズ"
        i18n-label="@@export.passphrase"
        hint="半角の英数字と記号で12文字以上。保存されないので、忘れるとだれにも開けません。"
        i18n-hint="@@export.passphraseHint"
        fieldId="passphrase"
        autocomplete="new-password"
        [formField]="form.passphrase"
      />
      <dw-password-field
        label="パスフレーズ(確認)"
        i18n-label="@@export.passphraseAgain"
        fieldId="passphrase-again"
        autocomplete="new-password"
        [formField]="form.again"
      />
      <div class="actions">
        <button type="button" class="button" (click)="dialog.close(false)" i18n="@@export.cancel">やめる</button>
        <button
          type="submit"
          class="button solid"
          [attr.aria-disabled]="form().submitting()"
          i18n="@@passphrase.submit"
        >
          ダウンロードに進む
        </button>
      </div>
    </form>
  `,
})
export class PassphraseDialog {
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly exportId = inject<string>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly failure = signal<ApiFailure | null>(null);
  private readonly typed = signal({ passphrase: '', again: '' });

  protected readonly form = form(
    this.typed,
    (path) => {
      required(path.passphrase, {
        message: $localize`:@@export.passphraseMissing:パスフレーズを入力してください`,
      });
      typeableAnywhere(path.passphrase);
      typedAgain(path.again, path.passphrase);
    },
    {
      submission: {
        action: () => this.send(),
        onInvalid: focusFirstMistake,
      },
    },
  );

  private async send(): Promise<null> {
    this.failure.set(null);
    try {
      const { passphrase } = this.typed();
      await this.api.invoke(holdExportPassphrase, { id: this.exportId, body: { passphrase } });
      this.dialog.close(true);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
