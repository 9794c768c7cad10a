import { Component, DestroyRef, inject } from '@angular/core';
import { FailureNotice } from '../../api/failure-notice.ts';
import { CallActs } from './call-acts.ts';

/** What became of the last act on a call; spoken, and gone with the screen it stands on. */
@Component({
  selector: 'dw-act-outcome',
  imports: [FailureNotice],
  template: `
    <p role="status" class="said">
      @if (outcome(); as last) {
        @if (last.said) {
          <ng-container i18n="@@acts.said">{{ last.call }}: {{ last.said }}</ng-container>
        }
      }
    </p>
    @if (outcome(); as last) {
      @if (last.failure; as failed) {
        <p class="call">{{ last.call }}</p>
        <dw-failure-notice [failure]="failed" />
      }
    }
  `,
  styles: `
    .said:not(:empty),
    .call {
      margin-bottom: 0.5rem;
      font-weight: 700;
    }
    dw-failure-notice {
      display: block;
      margin-bottom: 1rem;
    }
  `,
})
export class ActOutcomeNotice {
  private readonly acts = inject(CallActs);
  protected readonly outcome = this.acts.outcome.asReadonly();

  constructor() {
    this.acts.outcome.set(null);
    inject(DestroyRef).onDestroy(() => this.acts.outcome.set(null));
  }
}
