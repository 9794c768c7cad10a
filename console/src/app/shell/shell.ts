import { CdkMenu, CdkMenuItem, CdkMenuItemRadio, CdkMenuTrigger } from '@angular/cdk/menu';
import {
  Component,
  DOCUMENT,
  DestroyRef,
  EnvironmentInjector,
  computed,
  inject,
  runInInjectionContext,
  signal,
} from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { CalendarPreference } from '../calendar/calendar-preference.ts';
import { FEATURES } from '../features.ts';
import { Attention } from '../health/attention.ts';
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
    if (this.session.can('configuration.read')) void this.site.load();
    if (this.session.can('calls.watch')) this.live.start();
    if (this.session.can('health.read')) this.attention.start();
    inject(DestroyRef).onDestroy(() => {
      this.live.stop();
      this.attention.stop();
    });
  }

  /** A link would ask the router for another address than the one the person is at. */
  protected skipToContent(event: Event, main: HTMLElement): void {
    event.preventDefault();
    main.focus();
  }

  protected async logOut(): Promise<void> {
    try {
      await this.session.logOut();
    } finally {
      // A fresh page: nothing the person saw stays in memory for the next one.
      this.document.location.assign(this.document.baseURI);
    }
  }
}

function menuEntries(injector: EnvironmentInjector) {
  return FEATURES.flatMap(({ path, data: { menu, permission } }) =>
    menu ? [{ ...menu, path, permission, badge: menu.badge ? runInInjectionContext(injector, menu.badge) : null }] : [],
  );
}
