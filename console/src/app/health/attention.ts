import { DOCUMENT, Service, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { Api } from '../api/generated/api.ts';
import { readHealthDetails } from '../api/generated/functions.ts';
import { type HealthDetails } from '../api/generated/models.ts';
import { EventStream } from '../live/event-stream.ts';
import { attentionItems } from './attention-items.ts';

const REFRESH_MS = 30_000;
/** Nobody at the desk: asking on would keep the session open that ought to end by itself. */
const IDLE_MS = 5 * 60_000;
const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown'] as const;

/** How the box is, kept fresh while somebody is looking. */
@Service()
export class Attention {
  private readonly api = inject(Api);
  private readonly document = inject(DOCUMENT);
  private timer: ReturnType<typeof setInterval> | undefined;
  private lastSeenAt = 0;
  private readonly seen = () => (this.lastSeenAt = Date.now());

  readonly details = signal<HealthDetails | null>(null);
  readonly failure = signal<ApiFailure | null>(null);
  readonly refreshing = signal(false);
  readonly items = computed(() => {
    const details = this.details();
    return details ? attentionItems(details) : [];
  });
  readonly count = computed(() => this.items().length);

  constructor() {
    const changed = inject(EventStream).health.pipe(takeUntilDestroyed());
    changed.subscribe(() => {
      if (this.timer !== undefined) void this.refresh();
    });
  }

  start(): void {
    if (this.timer !== undefined) return;
    this.seen();
    SIGNS_OF_LIFE.forEach((type) => this.document.addEventListener(type, this.seen, { passive: true }));
    this.timer = setInterval(() => {
      if (!this.document.hidden && Date.now() - this.lastSeenAt < IDLE_MS) void this.refresh();
    }, REFRESH_MS);
    void this.refresh();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    SIGNS_OF_LIFE.forEach((type) => this.document.removeEventListener(type, this.seen));
    this.details.set(null);
  }

  async refresh(): Promise<void> {
    if (this.refreshing()) return;
    this.refreshing.set(true);
    try {
      this.details.set(await this.api.invoke(readHealthDetails));
      this.failure.set(null);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      this.refreshing.set(false);
    }
  }
}
