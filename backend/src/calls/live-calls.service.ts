import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  bufferTime,
  defer,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  retry,
  Subject,
  Subscription,
  timer,
} from 'rxjs';
import { Logger } from '../platform/logging.ts';
import { type Message, MessageReceiver } from '../platform/messages.ts';
import { CallSearchRepository, type FoundCall } from './call-search.repository.ts';
import type { CallSummary } from './call.schema.ts';
import { toCallSummary } from './call-view.ts';

/** Messages of one moment are answered by one query. Far below what a person notices. */
const GATHER_MS = 50;
/** The database speaks again a moment before it can be asked again. */
const RETRY_MS = 500;

type CallMessage = Extract<Message, { kind: 'call' }>;

/** Follows every change of a call, for whoever watches. */
@Injectable()
export class LiveCalls implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly changed = new Subject<CallSummary>();
  /** Calls last told to be in progress: told again after an outage, in which their end may have been missed. */
  private readonly toldInProgress = new Set<string>();
  private readonly subscription = new Subscription();

  /** Every call that changes, as it is then. A call in progress may come again unchanged. */
  readonly changes$: Observable<CallSummary> = this.changed.asObservable();

  /** Somebody should look at the health of the box. */
  readonly health$: Observable<unknown>;

  constructor(
    private readonly messages: MessageReceiver,
    private readonly calls: CallSearchRepository,
    private readonly logger: Logger,
  ) {
    this.health$ = messages.messages$.pipe(filter(({ kind }) => kind === 'health'));
  }

  onApplicationBootstrap(): void {
    const changed = this.messages.messages$.pipe(
      filter((message): message is CallMessage => message.kind === 'call'),
      map(({ callId }) => callId),
      bufferTime(GATHER_MS),
      filter((ids) => ids.length > 0),
      map((ids) => () => this.calls.byIds([...new Set(ids)])),
    );
    const missed = this.messages.reconnected$.pipe(map(() => () => this.calls.inProgress([...this.toldInProgress])));
    const found = merge(changed, missed).pipe(mergeMap((read) => this.persistently(read), 1));
    this.subscription.add(
      found.subscribe((calls) => {
        this.remember(calls).forEach((call) => this.changed.next(call));
      }),
    );
  }

  onModuleDestroy(): void {
    this.subscription.unsubscribe();
    this.changed.complete();
  }

  async current(): Promise<CallSummary[]> {
    const calls = this.remember(await this.calls.inProgress());
    return calls.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  private remember(calls: readonly FoundCall[]): CallSummary[] {
    const summaries = calls.map(({ call, recording }) => toCallSummary(call, recording));
    for (const { id, endedAt } of summaries) {
      if (endedAt === null) this.toldInProgress.add(id);
      else this.toldInProgress.delete(id);
    }
    return summaries;
  }

  /** What could not be read is read later: giving up would leave a call on the board that has ended. */
  private persistently(read: () => Promise<FoundCall[]>): Observable<FoundCall[]> {
    return defer(read).pipe(
      retry({
        delay: (error: unknown) => {
          this.logger.warn({ error: String(error) }, 'could not read changed calls, will retry');
          return timer(RETRY_MS);
        },
      }),
    );
  }
}
