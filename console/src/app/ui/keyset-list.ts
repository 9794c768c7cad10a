import { type Signal, computed, signal } from '@angular/core';
import { type ApiFailure, toApiFailure } from '../api/api-failure.ts';

export interface Page<Item> {
  items: readonly Item[];
  nextCursor: string | null;
}

export type FetchPage<Item, Query> = (query: Query, cursor: string | null) => Promise<Page<Item>>;

/** idle = never asked; loading = the first page is on its way; ready and failed say how that ended. */
export type ListStatus = 'idle' | 'loading' | 'ready' | 'failed';

interface State<Item> {
  status: ListStatus;
  items: readonly Item[];
  cursor: string | null;
  loadingMore: boolean;
  failure: ApiFailure | null;
}

const NOTHING: State<never> = { status: 'idle', items: [], cursor: null, loadingMore: false, failure: null };

/** What every list screen is in: first page, further pages by cursor, failures of either, answers that came too late. */
export class KeysetList<Item extends { id: string }, Query> {
  private readonly state = signal<State<Item>>(NOTHING);
  /** The question, which may itself be null; absent before the first. */
  private last: { query: Query } | null = null;
  /** Counts questions; an answer to an older one is dropped. */
  private asked = 0;

  readonly status: Signal<ListStatus> = computed(() => this.state().status);
  readonly items: Signal<readonly Item[]> = computed(() => this.state().items);
  readonly loadingMore: Signal<boolean> = computed(() => this.state().loadingMore);
  readonly failure: Signal<ApiFailure | null> = computed(() => this.state().failure);
  readonly hasMore: Signal<boolean> = computed(() => this.state().cursor !== null);
  /** Old rows stay on the screen while new ones are on their way. */
  readonly refreshing: Signal<boolean> = computed(() => this.state().status === 'loading' && this.items().length > 0);

  constructor(private readonly fetchPage: FetchPage<Item, Query>) {}

  async search(query: Query): Promise<void> {
    this.last = { query };
    const question = ++this.asked;
    this.state.update((state) => ({ ...state, status: 'loading', loadingMore: false, failure: null }));
    try {
      const { items, nextCursor } = await this.fetchPage(query, null);
      if (question === this.asked) this.state.set({ ...NOTHING, status: 'ready', items, cursor: nextCursor });
    } catch (error) {
      if (question === this.asked) this.state.set({ ...NOTHING, status: 'failed', failure: toApiFailure(error) });
    }
  }

  /** @returns how many rows were added */
  async loadMore(): Promise<number> {
    const { cursor, loadingMore, status } = this.state();
    if (cursor === null || loadingMore || status !== 'ready' || this.last === null) return 0;
    const question = this.asked;
    this.state.update((state) => ({ ...state, loadingMore: true, failure: null }));
    try {
      const page = await this.fetchPage(this.last.query, cursor);
      if (question !== this.asked) return 0;
      const known = new Set(this.items().map(({ id }) => id));
      const added = page.items.filter(({ id }) => !known.has(id));
      this.state.set({
        ...this.state(),
        items: [...this.items(), ...added],
        cursor: page.nextCursor,
        loadingMore: false,
      });
      return added.length;
    } catch (error) {
      if (question === this.asked) {
        this.state.update((state) => ({ ...state, loadingMore: false, failure: toApiFailure(error) }));
      }
      return 0;
    }
  }

  /** Asks the same question again: the first page, or the page that failed. */
  async retry(): Promise<void> {
    if (this.last === null) return;
    if (this.status() === 'failed') await this.search(this.last.query);
    else await this.loadMore();
  }

  /** @returns whether the row was there to be replaced */
  replace(item: Item): boolean {
    if (!this.items().some(({ id }) => id === item.id)) return false;
    this.state.update((state) => ({ ...state, items: state.items.map((old) => (old.id === item.id ? item : old)) }));
    return true;
  }
}
