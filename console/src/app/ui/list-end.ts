import { Component, input, output } from '@angular/core';
import { FailureNotice } from '../api/failure-notice.ts';
import { type KeysetList } from './keyset-list.ts';

/** Below the rows of a list, or in their place: why the last question failed, or the way to further rows. */
@Component({
  selector: 'dw-list-end',
  imports: [FailureNotice],
  template: `
    @if (list().failure(); as failed) {
      <dw-failure-notice [failure]="failed" [retryable]="true" (retry)="list().retry()" />
    } @else if (list().hasMore()) {
      <button type="button" class="button" [attr.aria-disabled]="list().loadingMore()" (click)="more.emit()">
        @if (list().loadingMore()) {
          <ng-container i18n="@@list.loadingMore">読み込んでいます…</ng-container>
        } @else {
          <ng-container i18n="@@list.more">もっと見る</ng-container>
        }
      </button>
    }
  `,
})
export class ListEnd {
  readonly list = input.required<Pick<KeysetList<never, never>, 'failure' | 'retry' | 'hasMore' | 'loadingMore'>>();
  readonly more = output();
}
