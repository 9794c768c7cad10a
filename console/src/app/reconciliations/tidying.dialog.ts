import { DialogRef } from '@angular/cdk/dialog';
import { Component, inject } from '@angular/core';

/** Says what a reconciliation that is no dry run does, before it does. Closes with true for going on. */
@Component({
  selector: 'dw-tidying-dialog',
  template: `
    <div class="dialog">
      <h2 id="tidying-heading" tabindex="-1" i18n="@@tidying.heading">照合して整理しますか</h2>
      <p i18n="@@tidying.what">食い違いを調べたうえで、次の整理を行います。</p>
      <ul>
        <li i18n="@@tidying.quarantine">記録のないファイルを、録音庫の隔離フォルダー(quarantine)に移します。</li>
        <li i18n="@@tidying.deletions">削除した録音のファイルや鍵が残っていれば、削除を完了します。</li>
        <li i18n="@@tidying.damaged">ファイルがないか、壊れている録音に、再生できないことを示す印を付けます。</li>
      </ul>
      <p i18n="@@tidying.safe">
        削除済みの録音のほかは、何も消しません。食い違いが多すぎるときは、何も変更せずに止まります。実行した人と内容は、操作記録に残ります。
      </p>
      <div class="actions">
        <button type="button" class="button" (click)="dialog.close(false)" i18n="@@tidying.cancel">やめる</button>
        <button type="button" class="button solid" (click)="dialog.close(true)" i18n="@@tidying.submit">
          照合して整理
        </button>
      </div>
    </div>
  `,
  styles: `
    ul {
      margin: 0;
      padding-inline-start: 1.5rem;
      list-style: disc;
    }
  `,
})
export class TidyingDialog {
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
}
