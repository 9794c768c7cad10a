import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'dw-not-found-page',
  imports: [RouterLink],
  template: `
    <div class="page-head"><h1 tabindex="-1" i18n="@@notFound.heading">ページが見つかりません</h1></div>
    <p i18n="@@notFound.text">アドレスが変わったか、この画面を見る権限がない可能性があります。</p>
    <p><a routerLink="/" i18n="@@notFound.toStart">最初の画面に戻る</a></p>
  `,
  styles: `
    p {
      margin-bottom: 1rem;
    }
  `,
})
export class NotFoundPage {}
