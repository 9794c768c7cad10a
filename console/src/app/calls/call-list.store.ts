import { Service, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Api } from '../api/generated/api.ts';
import { searchCalls } from '../api/generated/functions.ts';
import { type CallSummary } from '../api/generated/models.ts';
import { ServerClock } from '../clock/server-clock.ts';
import { EventStream } from '../live/event-stream.ts';
import { KeysetList } from '../ui/keyset-list.ts';
import { EMPTY_SEARCH, type SearchInput, type SearchQuery, isNarrowed, matches, toSearchQuery } from './call-search.ts';

const PAGE_SIZE = 50;

/** Lives as long as the console, so that coming back from a call finds the list, the form and the place as they were. */
@Service()
export class CallListStore {
  private readonly api = inject(Api);
  private readonly clock = inject(ServerClock);
  private readonly arrivedIds = signal<ReadonlySet<string>>(new Set());
  private query: SearchQuery = {};

  /** What the list on the screen was asked with; the form may have moved on. */
  readonly asked = signal<SearchInput>(EMPTY_SEARCH);
  readonly narrowed = computed(() => isNarrowed(this.asked()));
  /** Calls chosen for an export, kept while the list is: another search chooses anew. */
  readonly picked = signal<ReadonlySet<string>>(new Set());
  /** The call whose detail was opened last: gets the focus when the person comes back. */
  readonly opened = signal<string | null>(null);
  /** Calls that began since and would stand on top. They are offered, because rows that move are clicked wrongly. */
  readonly arrived = computed(() => this.arrivedIds().size);

  readonly list = new KeysetList<CallSummary, SearchQuery>(async (query, cursor) => {
    const body = { ...query, limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
    const { calls, nextCursor } = await this.api.invoke(searchCalls, { body });
    return { items: calls, nextCursor };
  });

  constructor() {
    inject(EventStream)
      .calls.pipe(takeUntilDestroyed())
      .subscribe((call) => this.told(call));
  }

  search(input: SearchInput): Promise<void> {
    this.asked.set(input);
    this.query = toSearchQuery(input, this.clock.now());
    this.picked.set(new Set());
    return this.refresh();
  }

  refresh(): Promise<void> {
    this.arrivedIds.set(new Set());
    return this.list.search(this.query);
  }

  /** What the list on the screen was asked with, as the API knows it. */
  get searched(): SearchQuery {
    return this.query;
  }

  private told(call: CallSummary): void {
    if (this.list.status() !== 'ready' || this.list.replace(call)) return;
    const newest = this.list.items()[0]?.startedAt ?? '';
    if (call.startedAt <= newest || !matches(call, this.query)) return;
    this.arrivedIds.update((ids) => new Set(ids).add(call.id));
  }
}
