import { Component, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { LanguageLinks } from '../shell/language-links.ts';
import { Wordmark } from '../shell/wordmark.ts';
import { LogInForm } from './log-in-form.ts';
import { safeNext } from './safe-next.ts';

@Component({
  selector: 'dw-log-in-page',
  imports: [LogInForm, LanguageLinks, Wordmark],
  template: `
    <main id="main">
      <div class="panel">
        <dw-wordmark />
        <h1 tabindex="-1" i18n="@@logIn.heading">ログイン</h1>
        <dw-log-in-form (loggedIn)="goOn()" />
        <p class="small muted" i18n="@@logIn.help">
          ログインIDやパスワードが分からないときは、情報システム担当にお問い合わせください。
        </p>
        <p class="small muted" i18n="@@logIn.notice">この装置での検索・再生などの操作は、すべて記録されます。</p>
      </div>
      <dw-language-links />
    </main>
  `,
  styles: `
    main {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 1rem;
      min-height: 100vh;
      padding: clamp(1rem, 8vh, 5rem) 1rem 1rem;
      background: var(--dw-surface-sunken);
    }
    .panel {
      display: flex;
      flex-direction: column;
      gap: 1.25rem;
      width: min(28rem, 100%);
      padding: clamp(1.25rem, 5vw, 2.5rem);
      border: 1px solid var(--dw-line);
      border-radius: var(--border-radius-12);
      background: var(--dw-surface);
    }
  `,
})
export class LogInPage {
  private readonly router = inject(Router);
  /** Where the person wanted to go, from the address. */
  readonly next = input<string>();

  protected goOn(): void {
    void this.router.navigateByUrl(safeNext(this.next()), { replaceUrl: true });
  }
}
