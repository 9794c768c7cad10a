import { CdkMenu, CdkMenuItem, CdkMenuItemRadio, CdkMenuTrigger } from '@angular/cdk/menu';
import {
  Component,
  DOCUMENT,
  DestroyRef,
  EnvironmentInjector,
  computed,
  effect,
  inject,
  runInInjectionContext,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { CalendarPreference } from '../calendar/calendar-preference.ts';
import { FEATURES } from '../features.ts';
import { Attention } from '../health/attention.ts';
import { HeadroomBanner } from '../health/headroom-banner.ts';
import { LiveCalls } from '../live/live-calls.ts';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { Languages } from './language.ts';
import { Site } from './site.ts';
import { Wordmark } from './wordmark.ts';

/** Everything around a screen: header, menu, and the place the screen stands in. */
@Component({
  selector: 'dw-shell',
  imports: [
    CdkMenu,
    CdkMenuItem,
    CdkMenuItemRadio,
    CdkMenuTrigger,
    HeadroomBanner,
    Icon,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    Wordmark,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
})
export class Shell {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly live = inject(LiveCalls);
  private readonly attention = inject(Attention);
  protected readonly session = inject(Session);
  protected readonly site = inject(Site);
  protected readonly languages = inject(Languages);
  protected readonly calendar = inject(CalendarPreference).calendar;
  protected readonly menuOpen = signal(false);
  protected readonly entries = computed(() =>
    this.session.mustChangePassword() ? [] : this.allEntries.filter(({ permission }) => this.session.can(permission)),
  );
  private readonly allEntries = menuEntries(inject(EnvironmentInjector));

  constructor() {
    // Until the first password has been changed, the API answers nothing else.
    effect(() => {
      if (!this.session.mustChangePassword()) untracked(() => this.watch());
    });
    inject(DestroyRef).onDestroy(() => this.unwatch());
  }

  /** A link would ask the router for another address than the one the person is at. */
  protected skipToContent(event: Event, main: HTMLElement): void {
    event.preventDefault();
    main.focus();
  }

  protected changePassword(): void {
    void this.router.navigateByUrl('/password');
  }

  protected async logOut(): Promise<void> {
    // The end of the session ends the stream too, and asking why would only be refused.
    this.unwatch();
    try {
      await this.session.logOut();
    } finally {
      // A fresh page: nothing the person saw stays in memory for the next one.
      this.document.location.assign(this.document.baseURI);
    }
  }

  private watch(): void {
    if (this.session.can('configuration.read')) void this.site.load();
    if (this.session.can('calls.watch')) this.live.start();
    if (this.session.can('health.read')) this.attention.start();
  }

  private unwatch(): void {
    this.live.stop();
    this.attention.stop();
  }
}

function menuEntries(injector: EnvironmentInjector) {
  return FEATURES.flatMap(({ path, data: { menu, permission } }) =>
    menu ? [{ ...menu, path, permission, badge: menu.badge ? runInInjectionContext(injector, menu.badge) : null }] : [],
  );
}
