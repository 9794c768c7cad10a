import { InjectionToken, Service, inject, signal } from '@angular/core';
import { Subject } from 'rxjs';
import { type LiveCall } from '../api/generated/models.ts';

export type StreamState = 'closed' | 'connecting' | 'open' | 'lost';

export const EVENTS_URL = '/api/v1/events';

/** How an EventSource is made; tests put their own in. */
export const EVENT_SOURCE = new InjectionToken('how the event stream is opened', {
  factory: () => (url: string) => new EventSource(url),
});

/** The API pings every 15 s. A connection silent for three of them is dead even if the browser believes in it. */
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 30_000;

/** Doubling from one second, so that a restarted box is not stormed by every desk at once. */
export const waitBeforeAttempt = (attempt: number): number => Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (attempt - 1));

/**
 * What the box tells as it happens. `EventSource` gives up for good on any answer that is not a stream (a restart, a
 * proxy), so reconnecting is done here.
 */
@Service()
export class EventStream {
  private readonly openSource = inject(EVENT_SOURCE);
  private source: EventSource | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private hurriedAt = 0;

  readonly state = signal<StreamState>('closed');
  /** A call began, changed or ended. */
  readonly calls = new Subject<LiveCall>();
  /** The health of the box has changed. */
  readonly health = new Subject<void>();
  /** The stream stands (again); whatever happened before it was not told. */
  readonly opened = new Subject<void>();
  /** An attempt failed. The stream does not say why; an ordinary request would. */
  readonly failed = new Subject<void>();

  start(): void {
    if (this.source || this.retryTimer !== undefined) return;
    if (this.state() === 'closed') this.state.set('connecting');
    const source = this.openSource(EVENTS_URL);
    this.source = source;
    this.watchSilence();
    source.addEventListener('open', () => this.stands());
    source.addEventListener('error', () => this.lost());
    source.addEventListener('ping', () => this.watchSilence());
    source.addEventListener('health', () => {
      this.watchSilence();
      this.health.next();
    });
    source.addEventListener('call', (event: MessageEvent<string>) => {
      this.watchSilence();
      this.calls.next(JSON.parse(event.data) as LiveCall);
    });
  }

  stop(): void {
    this.disconnect();
    this.stopWaiting();
    this.attempt = 0;
    this.state.set('closed');
  }

  /** There is reason to believe that it will stand now. Heard once in a while: a hope that fails must not storm. */
  retryNow(): void {
    if (this.retryTimer === undefined || Date.now() - this.hurriedAt < LONGEST_WAIT_MS) return;
    this.hurriedAt = Date.now();
    this.stopWaiting();
    this.start();
  }

  private stands(): void {
    this.attempt = 0;
    this.watchSilence();
    this.state.set('open');
    this.opened.next();
  }

  private lost(): void {
    this.disconnect();
    this.state.set('lost');
    this.attempt += 1;
    this.retryTimer = setTimeout(() => {
      this.stopWaiting();
      this.start();
    }, waitBeforeAttempt(this.attempt));
    this.failed.next();
  }

  private stopWaiting(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }

  private disconnect(): void {
    clearTimeout(this.silenceTimer);
    this.source?.close();
    this.source = null;
  }

  private watchSilence(): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.lost(), SILENCE_MS);
  }
}
