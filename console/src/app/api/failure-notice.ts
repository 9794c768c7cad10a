import { Component, computed, input, output } from '@angular/core';
import { Notice } from '../ui/notice.ts';
import { type ApiFailure } from './api-failure.ts';
import { wordsFor } from './failure-words.ts';

/** Bad input, no log-in, refused input, too many attempts: answers to what a person typed. */
const TYPED_WRONGLY = [400, 401, 422, 429];

/** A failed request: what happened, what to do, and the id that finds it in the log. */
@Component({
  selector: 'dw-failure-notice',
  imports: [Notice],
  template: `
    <dw-notice kind="error" role="alert" [heading]="words().what">
      @if (words().advice; as advice) {
        <p>{{ advice }}</p>
      }
      @if (supportId(); as correlationId) {
        <p class="small">
          <ng-container i18n="@@failure.correlationId">問い合わせ番号</ng-container>:
          <code class="correlation">{{ correlationId }}</code>
        </p>
      }
      @if (retryable()) {
        <p>
          <button type="button" class="button compact" (click)="retry.emit()" i18n="@@failure.retry">再試行</button>
        </p>
      }
    </dw-notice>
  `,
})
export class FailureNotice {
  readonly failure = input.required<ApiFailure>();
  readonly retryable = input(false);
  readonly retry = output();
  protected readonly words = computed(() => wordsFor(this.failure()));
  /** Whoever mistyped needs no support. */
  protected readonly supportId = computed(() =>
    TYPED_WRONGLY.includes(this.failure().status) ? null : this.failure().correlationId,
  );
}
