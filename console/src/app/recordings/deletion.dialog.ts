import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { deleteRecording } from '../api/generated/functions.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { Notice } from '../ui/notice.ts';
import { ReasonField, reasonGiven } from '../ui/reason-field.ts';

/** Asks why, and deletes. Closes with true once the recording is gone. */
@Component({
  selector: 'dw-deletion-dialog',
  imports: [FailureNotice, FormField, FormRoot, Notice, ReasonField],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="deletion-heading" tabindex="-1" i18n="@@deletion.heading">録音を削除しますか</h2>
      <dw-notice kind="warning" heading="削除した録音は元に戻せません。" i18n-heading="@@deletion.final">
        <p class="small" i18n="@@deletion.finalText">
          バックアップにある複製も聞けなくなります。通話の記録と、削除の日時・実行者・理由は残ります。
        </p>
      </dw-notice>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      <dw-reason-field
        label="削除の理由(必須)"
        i18n-label="@@deletion.reason"
        hint="あとで「なぜ録音がないのか」を説明するための記録です。500文字まで。"
        i18n-hint="@@deletion.reasonHint"
        fieldId="deletion-reason"
        [formField]="form.reason"
      />
      <div class="actions">
        <button type="button" class="button" (click)="dialog.close(false)" i18n="@@deletion.cancel">削除しない</button>
        <button type="submit" class="button solid" [attr.aria-disabled]="form().submitting()">
          @if (form().submitting()) {
            <ng-container i18n="@@deletion.sending">削除しています…</ng-container>
          } @else {
            <ng-container i18n="@@deletion.submit">録音を削除</ng-container>
          }
        </button>
      </div>
    </form>
  `,
})
export class DeletionDialog {
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly recordingId = inject<string>(DIALOG_DATA);
  private readonly api = inject(Api);
  protected readonly failure = signal<ApiFailure | null>(null);
  private readonly typed = signal({ reason: '' });

  protected readonly form = form(this.typed, (path) => reasonGiven(path.reason), {
    submission: {
      action: () => this.send(),
      onInvalid: focusFirstMistake,
    },
  });

  private async send(): Promise<null> {
    this.failure.set(null);
    try {
      const { reason } = this.typed();
      await this.api.invoke(deleteRecording, { id: this.recordingId, body: { reason: reason.trim() } });
      this.dialog.close(true);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
