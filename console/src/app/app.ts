import { Component, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { filter, map, take } from 'rxjs';

@Component({
  selector: 'dw-root',
  imports: [RouterOutlet],
  template: `
    @if (!shown()) {
      <main>
        <h1 i18n="@@app.loading">読み込んでいます…</h1>
      </main>
    }
    <router-outlet />
  `,
  styles: `
    /* Only a slow start is worth a word. */
    main {
      padding: 3rem 1rem;
      text-align: center;
      animation: appear 0.2s 0.6s both;
    }
    h1 {
      font-size: 1rem;
      font-weight: 400;
    }
    @keyframes appear {
      from {
        opacity: 0;
      }
    }
  `,
})
export class App {
  protected readonly shown = toSignal(
    inject(Router).events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map(() => true),
      take(1),
    ),
    { initialValue: false },
  );
}
