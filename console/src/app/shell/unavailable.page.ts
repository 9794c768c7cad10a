import { Component, DestroyRef, inject, signal } from '@angular/core';
import { Session } from '../session/session.ts';
import { ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { FailureNotice } from '../api/failure-notice.ts';
import { Wordmark } from './wordmark.ts';

const RETRY_MS = 5000;

/** The console came up but the API does not answer. Goes on by itself as soon as it does. */
@Component({
  selector: 'dw-unavailable-page',
  imports: [FailureNotice, Wordmark],
  template: `
    <main id="main">
      <dw-wordmark />
      <h1 tabindex="-1" i18n="@@unavailable.heading">サーバーの応答を待っています</h1>
      <dw-failure-notice [failure]="failure()" [retryable]="true" (retry)="retry()" />
      <p class="muted" i18n="@@unavailable.auto">5秒ごとに自動で再試行しています。つながると、元の画面が開きます。</p>
    </main>
  `,
  styles: `
    main {
      display: flex;
      flex-direction: column;
      gap: 1.25rem;
      max-width: 40rem;
      margin-inline: auto;
      padding: clamp(1rem, 8vh, 5rem) 1rem;
    }
  `,
})
export class UnavailablePage {
  private readonly session = inject(Session);
  protected readonly failure = signal(new ApiFailure('unreachable', '', 0));

  constructor() {
    void this.retry();
    const timer = setInterval(() => void this.retry(), RETRY_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  protected async retry(): Promise<void> {
    try {
      await this.session.load();
      location.reload();
    } catch (error) {
      this.failure.set(toApiFailure(error));
    }
  }
}
