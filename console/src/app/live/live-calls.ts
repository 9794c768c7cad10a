import { Service, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';
import { Api } from '../api/generated/api.ts';
import { listLiveCalls } from '../api/generated/functions.ts';
import { type LiveCall } from '../api/generated/models.ts';
import { EventStream } from './event-stream.ts';

const REMEMBERED_ENDED = 5;

/** The calls in progress, as the stream tells them; asked for anew whenever the stream stands again. */
@Service()
export class LiveCalls {
  private readonly api = inject(Api);
  private readonly stream = inject(EventStream);
  private readonly known = signal<ReadonlyMap<string, LiveCall>>(new Map());
  /** Ids the stream told while a list was on its way: the list is older than they are. */
  private toldMeanwhile: Set<string> | null = null;

  readonly connection = this.stream.state.asReadonly();
  readonly loaded = signal(false);
  readonly failure = signal<ApiFailure | null>(null);
  readonly justEnded = signal<readonly LiveCall[]>([]);
  readonly inProgress = computed(() =>
    [...this.known().values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
  );
  readonly count = computed(() => this.known().size);

  constructor() {
    this.stream.calls.pipe(takeUntilDestroyed()).subscribe((call) => this.take(call));
    this.stream.opened.pipe(takeUntilDestroyed()).subscribe(() => void this.reload());
    // Asks the person to log in again when that is the reason, and goes on at once when the API answers.
    this.stream.failed.pipe(takeUntilDestroyed()).subscribe(() => void this.reload().then(() => this.reconnect()));
  }

  start(): void {
    this.stream.start();
  }

  stop(): void {
    this.stream.stop();
    this.known.set(new Map());
    this.justEnded.set([]);
    this.loaded.set(false);
  }

  async reload(): Promise<void> {
    const told = new Set<string>();
    this.toldMeanwhile = told;
    try {
      const { calls } = await this.api.invoke(listLiveCalls);
      const listed = calls.filter(({ id }) => !told.has(id));
      const kept = [...this.known().values()].filter(({ id }) => told.has(id));
      this.known.set(new Map([...listed, ...kept].map((call) => [call.id, call])));
      this.failure.set(null);
      this.loaded.set(true);
    } catch (error) {
      this.failure.set(toApiFailure(error));
    } finally {
      if (this.toldMeanwhile === told) this.toldMeanwhile = null;
    }
  }

  private reconnect(): void {
    if (this.failure() === null) this.stream.retryNow();
  }

  private take(call: LiveCall): void {
    this.toldMeanwhile?.add(call.id);
    const known = new Map(this.known());
    if (call.state !== 'ended') known.set(call.id, call);
    else if (known.delete(call.id) || this.justEnded().some(({ id }) => id === call.id)) this.rememberEnded(call);
    this.known.set(known);
  }

  private rememberEnded(call: LiveCall): void {
    const others = this.justEnded().filter(({ id }) => id !== call.id);
    this.justEnded.set(
      [call, ...others].sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? '')).slice(0, REMEMBERED_ENDED),
    );
  }
}
