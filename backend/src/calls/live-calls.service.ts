import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { bufferTime, filter, from, map, merge, mergeMap, type Observable, share, Subject, Subscription } from 'rxjs';
import { Logger } from '../platform/logging.ts';
import { type Message, MessageReceiver } from '../platform/messages.ts';
import { CallSearchRepository, type FoundCall } from './call-search.repository.ts';
import type { CallSummary } from './call.schema.ts';
import { toCallSummary } from './call-view.ts';

/** Messages of one moment are answered by one query. Far below what a person notices. */
const GATHER_MS = 50;

const summaryOf = ({ call, recording }: FoundCall): CallSummary => toCallSummary(call, recording);

/** Follows every change of a call, for whoever watches. */
@Injectable()
export class LiveCalls implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly changed = new Subject<CallSummary>();
  /** Calls last seen in progress: told again after an outage, in which their end may have been missed. */
  private readonly seenInProgress = new Set<string>();
  private readonly subscription = new Subscription();

  /** Every call that changes, as it is then. A call in progress may come again unchanged. */
  readonly changes$: Observable<CallSummary> = this.changed.pipe(share());

  constructor(
    private readonly messages: MessageReceiver,
    private readonly calls: CallSearchRepository,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const changed = this.messages.messages$.pipe(
      filter((message): message is Extract<Message, { kind: 'call' }> => message.kind === 'call'),
      map(({ callId }) => callId),
      bufferTime(GATHER_MS),
      filter((ids) => ids.length > 0),
      map((ids) => () => this.calls.byIds([...new Set(ids)])),
    );
    const missed = this.messages.reconnected$.pipe(map(() => () => this.calls.inProgress([...this.seenInProgress])));
    const reads = merge(changed, missed).pipe(mergeMap((read) => from(this.tell(read)), 1));
    this.subscription.add(reads.subscribe());
  }

  onModuleDestroy(): void {
    this.subscription.unsubscribe();
    this.changed.complete();
  }

  async current(): Promise<CallSummary[]> {
    const calls = (await this.calls.inProgress()).map(summaryOf);
    return calls.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  private async tell(read: () => Promise<FoundCall[]>): Promise<void> {
    try {
      for (const summary of (await read()).map(summaryOf)) {
        if (summary.endedAt === null) this.seenInProgress.add(summary.id);
        else this.seenInProgress.delete(summary.id);
        this.changed.next(summary);
      }
    } catch (error) {
      // The reconnection that follows an outage reads everything again.
      this.logger.warn({ error: String(error) }, 'could not read changed calls');
    }
  }
}
