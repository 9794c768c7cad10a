import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject, resource, signal } from '@angular/core';
import { FormField, FormRoot, form } from '@angular/forms/signals';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Api } from '../api/generated/api.ts';
import { makeEvidence, readCheckpoint } from '../api/generated/functions.ts';
import { Session } from '../session/session.ts';
import { focusFirstMistake } from '../ui/first-mistake.ts';
import { Notice } from '../ui/notice.ts';
import { ReasonField, reasonGiven } from '../ui/reason-field.ts';
import { fileNameOf, saveFile } from './save-file.ts';
import { fingerprintOf } from './key-fingerprint.ts';

/** Asks what the evidence is for, has the package made, and keeps it on this PC. */
@Component({
  selector: 'dw-evidence-dialog',
  imports: [FailureNotice, FormField, FormRoot, Notice, ReasonField],
  template: `
    <form class="dialog" [formRoot]="form" novalidate>
      <h2 id="evidence-heading" tabindex="-1" i18n="@@evidence.heading">証拠一式を作成</h2>
      <p i18n="@@evidence.what">
        録音が保存時から変わっていないことを、庁外の人がネットワークにつながないパソコンで確かめられるZIPファイルです。録音、通話の情報、署名された操作記録ログの証明、公開鍵、検証の画面、読み方の説明が入ります。
      </p>
      <dw-notice kind="warning" heading="録音と電話番号が、暗号化されずに入ります。" i18n-heading="@@evidence.plain">
        <p class="small" i18n="@@evidence.plainText">受け渡しと保管には、個人情報として注意してください。</p>
      </dw-notice>
      @if (failure(); as failed) {
        <dw-failure-notice [failure]="failed" />
      }
      @if (saved(); as name) {
        <div role="status">
          <dw-notice kind="success" heading="証拠一式を保存しました。" i18n-heading="@@evidence.saved">
            <p class="small" i18n="@@evidence.savedText">
              {{ name }}
              をダウンロードフォルダーに保存しました。渡す相手から問い合わせがあったら、次の鍵の指紋を電話などで伝えてください。
            </p>
          </dw-notice>
        </div>
      } @else {
        <dw-reason-field
          label="作成の理由(必須)"
          i18n-label="@@evidence.reason"
          hint="操作記録と証拠一式の両方に残ります。文書番号や提出先など。500文字まで。"
          i18n-hint="@@evidence.reasonHint"
          fieldId="evidence-reason"
          [formField]="form.reason"
        />
      }
      @if (fingerprint(); as print) {
        <div>
          <p class="field-label" i18n="@@evidence.fingerprint">この装置の鍵の指紋</p>
          <p class="fingerprint">{{ print }}</p>
        </div>
      }
      <div class="actions">
        @if (saved()) {
          <button type="button" class="button solid" (click)="dialog.close()" i18n="@@dialog.close">閉じる</button>
        } @else {
          <button type="button" class="button" (click)="dialog.close()" i18n="@@evidence.cancel">やめる</button>
          <button type="submit" class="button solid" [attr.aria-disabled]="form().submitting()">
            @if (form().submitting()) {
              <ng-container i18n="@@evidence.making">作成しています…</ng-container>
            } @else {
              <ng-container i18n="@@evidence.submit">作成して保存</ng-container>
            }
          </button>
        }
      </div>
    </form>
  `,
  styles: `
    .fingerprint {
      font-family: monospace;
    }
  `,
})
export class EvidenceDialog {
  protected readonly dialog = inject<DialogRef>(DialogRef);
  private readonly recordingId = inject<string>(DIALOG_DATA);
  private readonly api = inject(Api);
  private readonly session = inject(Session);
  protected readonly failure = signal<ApiFailure | null>(null);
  /** Name of the file that was saved. */
  protected readonly saved = signal<string | null>(null);
  private readonly typed = signal({ reason: '' });

  private readonly checkpoint = resource({
    params: () => (this.session.can('audit.read') ? { after: this.saved() } : undefined),
    loader: async () => fingerprintOf((await this.api.invoke(readCheckpoint)).verifierKey),
  });
  /** Nothing is signed yet, or it is not for this person to know: the how-to in the package has it too. */
  protected readonly fingerprint = computed(() => (this.checkpoint.hasValue() ? this.checkpoint.value() : null));

  protected readonly form = form(this.typed, (path) => reasonGiven(path.reason), {
    submission: {
      action: () => this.make(),
      onInvalid: focusFirstMistake,
    },
  });

  private async make(): Promise<null> {
    this.failure.set(null);
    try {
      const order = { id: this.recordingId, body: { reason: this.typed().reason.trim() } };
      const { body, headers } = await this.api.invoke$Response(makeEvidence, order);
      const name = fileNameOf(headers.get('Content-Disposition')) ?? `evidence_${this.recordingId}.zip`;
      saveFile(body, name);
      this.saved.set(name);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
    return null;
  }
}
