import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AriConnection } from '../../asterisk/ari-connection.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import type { LongCalls, LongCallStage } from '../../desks/long-calls.schema.ts';
import { Clock } from '../../platform/clock.ts';
import { Logger } from '../../platform/logging.ts';
import type { CallInProgress } from '../acts/call-act-handlers.ts';
import { CallJournal } from '../call-journal.service.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { dueStages, endsNow, exemptNumbers, isOverdue, longCallsOf, minutesOf } from './long-call.ts';
import { LongCallActs } from './long-call-acts.service.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Watches how long conversations last. All it knows it reads from journals, so that a process that comes back goes on where the calls
 * are; while there is none, nothing happens and the calls go on.
 */
@Injectable()
export class LongCallWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly calls = new Map<string, readonly JournalEntry[]>();
  /** What we have journalled: a journal that was read a moment earlier does not have it. */
  private readonly own = new Map<string, JournalEntry[]>();
  /** Calls with which something is being done. */
  private readonly busy = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly acts: LongCallActs,
    private readonly configuration: ConfigurationInForce,
    private readonly connection: AriConnection,
    private readonly journal: CallJournal,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** A journal in progress has grown. */
  follow(callId: string, journal: readonly JournalEntry[]): void {
    if (journal.some(({ e }) => e === 'answered')) this.calls.set(callId, journal);
  }

  forget(callId: string): void {
    this.calls.delete(callId);
    this.own.delete(callId);
  }

  look(): void {
    const { document } = this.configuration;
    if (!document || !this.connection.connected) return;
    const nowMs = this.clock.now().getTime();
    const exempt = exemptNumbers(document);
    for (const [callId, read] of this.calls) {
      if (this.busy.has(callId)) continue;
      const journal = [...read, ...(this.own.get(callId) ?? [])];
      const longCalls = longCallsOf(journal, document, exempt);
      // One at a time: the next depends on what this one does to the call.
      const [due] = longCalls ? dueStages(journal, longCalls, nowMs) : [];
      const begin = journal.find((entry) => entry.e === 'begin');
      const call = { callId, channelId: begin?.channel ?? '', journal };
      if (longCalls && due) void this.once(call, due, longCalls);
      else if (longCalls && endsNow(journal, longCalls, nowMs)) void this.end(call, longCalls, nowMs);
    }
  }

  /**
   * Never throws. When it fails the call goes on, and a person has to end it. Where nobody could hear it at that moment, as while the
   * call was parked, it is armed anew: people get their time to cancel again.
   */
  private async end(call: CallInProgress, longCalls: LongCalls, nowMs: number): Promise<void> {
    this.busy.add(call.callId);
    try {
      if (isOverdue(call.journal, nowMs)) await this.acts.perform('arm-ending', call, longCalls);
      else await this.acts.end(call);
    } catch (error) {
      this.logger.warn({ callId: call.callId, error: String(error) }, 'long call not ended');
      await this.tell(call, { e: 'ending-cancelled' });
    } finally {
      this.busy.delete(call.callId);
    }
  }

  /** Never throws. What failed is not tried again: it would be said to somebody over and over. */
  private async once(call: CallInProgress, stage: LongCallStage, longCalls: LongCalls): Promise<void> {
    const { callId } = call;
    const { act } = stage;
    const minutes = minutesOf(stage);
    this.busy.add(callId);
    try {
      if ((await this.acts.perform(act, call, longCalls)) === 'later') return;
      await this.tell(call, { e: 'long-call', act, minutes });
    } catch (error) {
      this.logger.warn({ callId, act, error: String(error) }, 'step of a long call failed');
      await this.tell(call, { e: 'long-call', act, minutes, failed: 'yes' });
    } finally {
      this.busy.delete(callId);
    }
  }

  /** Known at once, before the journal is read again. */
  private async tell(call: CallInProgress, entry: Parameters<CallJournal['write']>[1]): Promise<void> {
    const at = this.clock.now();
    await this.journal.write(call.callId, entry, at);
    const own = this.own.get(call.callId) ?? [];
    this.own.set(call.callId, [...own, { ...entry, at: (at.getTime() / 1000).toFixed(3) }]);
  }
}
