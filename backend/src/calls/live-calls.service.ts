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
import { CallNames } from './call-names.ts';
import { CallSearchRepository, type FoundLiveCall } from './call-search.repository.ts';
import type { LiveCall } from './call.schema.ts';
import { toLiveCall } from './call-view.ts';

/** Messages of one moment are answered by one query. Far below what a person notices. */
const GATHER_MS = 50;
/** The database speaks again a moment before it can be asked again. */
const RETRY_MS = 500;

type CallMessage = Extract<Message, { kind: 'call' }>;

/** Follows every change of a call, for whoever watches. */
@Injectable()
export class LiveCalls implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly changed = new Subject<LiveCall>();
  /** Calls last told to be in progress: told again after an outage, in which their end may have been missed. */
  private readonly toldInProgress = new Set<string>();
  private readonly subscription = new Subscription();

  /** Every call that changes, as it is then. A call in progress may come again unchanged. */
  readonly changes$: Observable<LiveCall> = this.changed.asObservable();

  /** Somebody should look at the health of the box. */
  readonly health$: Observable<unknown>;

  constructor(
    private readonly messages: MessageReceiver,
    private readonly calls: CallSearchRepository,
    private readonly names: CallNames,
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
      map((ids) => () => this.told(this.calls.watchedByIds([...new Set(ids)]))),
    );
    const missed = this.messages.reconnected$.pipe(
      map(() => () => this.told(this.calls.inProgress([...this.toldInProgress]))),
    );
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

  async current(): Promise<LiveCall[]> {
    const calls = this.remember(await this.told(this.calls.inProgress()));
    return calls.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  private async told(found: Promise<FoundLiveCall[]>): Promise<LiveCall[]> {
    const [calls, names] = await Promise.all([found, this.names.current()]);
    return calls.map(({ call, recording }) => toLiveCall(call, recording, names));
  }

  private remember(calls: LiveCall[]): LiveCall[] {
    for (const { id, endedAt } of calls) {
      if (endedAt === null) this.toldInProgress.add(id);
      else this.toldInProgress.delete(id);
    }
    return calls;
  }

  /** What could not be read is read later: giving up would leave a call on the board that has ended. */
  private persistently(read: () => Promise<LiveCall[]>): Observable<LiveCall[]> {
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
