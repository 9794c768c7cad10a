import { Component, inject } from '@angular/core';
import { Router } from '@angular/router';
import { FEATURES } from '../features.ts';
import { Notice } from '../ui/notice.ts';
import { Session } from '../session/session.ts';

/** Goes to the first screen the person may see. */
@Component({
  selector: 'dw-start-page',
  imports: [Notice],
  template: `
    <h1 class="visually-hidden" tabindex="-1" i18n="@@start.heading">はじめの画面</h1>
    @if (!first) {
      <dw-notice kind="info" heading="表示できる画面がありません。" i18n-heading="@@start.nothing">
        <p i18n="@@start.nothingText">利用できる機能がまだ割り当てられていません。管理者に連絡してください。</p>
      </dw-notice>
    }
  `,
})
export class StartPage {
  private readonly session = inject(Session);
  protected readonly first = FEATURES.find(({ data }) => data.menu && this.session.can(data.permission));

  constructor() {
    const router = inject(Router);
    if (this.first) void router.navigate(['/', this.first.path], { replaceUrl: true });
  }
}
