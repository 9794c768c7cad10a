import { ApplicationRef, DOCUMENT, Service, inject } from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, pairwise } from 'rxjs';

/** After a change of screen the heading has the focus, so that screen readers speak it and Tab starts below it. */
@Service()
export class PageFocus {
  private readonly router = inject(Router);
  private readonly document = inject(DOCUMENT);
  private readonly app = inject(ApplicationRef);

  start(): void {
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => urlAfterRedirects.split(/[?#]/)[0]),
        pairwise(),
        filter(([before, after]) => before !== after),
      )
      .subscribe(() => void this.focusHeading());
  }

  private async focusHeading(): Promise<void> {
    await this.app.whenStable();
    const main = this.document.querySelector('main');
    // A screen that put the focus somewhere itself knows better.
    if (main?.contains(this.document.activeElement)) return;
    main?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }
}
