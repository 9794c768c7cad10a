import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AriConnection } from '../../asterisk/ari-connection.ts';
import { ConfigurationInForce } from '../../configuration/configuration-in-force.ts';
import type { LongCallStage } from '../../desks/long-calls.schema.ts';
import { Clock } from '../../platform/clock.ts';
import { Logger } from '../../platform/logging.ts';
import { CallJournal } from '../call-journal.service.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { dueStages, exemptNumbers, longCallsOf, minutesOf } from './long-call.ts';
import { type LongCall, LongCallActs } from './long-call-acts.service.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Watches how long conversations last. All it knows it reads from journals, so that a process that comes back goes on where the calls
 * are; while there is none, nothing happens and the calls go on.
 */
@Injectable()
export class LongCallWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly calls = new Map<string, readonly JournalEntry[]>();
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
  }

  look(): void {
    const { document } = this.configuration;
    if (!document || !this.connection.connected) return;
    const nowMs = this.clock.now().getTime();
    const exempt = exemptNumbers(document);
    for (const [callId, journal] of this.calls) {
      if (this.busy.has(callId)) continue;
      const longCalls = longCallsOf(journal, document, exempt);
      const due = longCalls ? dueStages(journal, longCalls, nowMs) : [];
      if (due.length > 0) void this.doAll({ callId, journal }, due);
    }
  }

  private async doAll(call: LongCall, due: readonly LongCallStage[]): Promise<void> {
    const { callId } = call;
    this.busy.add(callId);
    try {
      for (const stage of due) await this.once(call, stage);
    } finally {
      this.busy.delete(callId);
    }
  }

  /** Never throws. What failed is not tried again: it would be said to somebody over and over. */
  private async once(call: LongCall, stage: LongCallStage): Promise<void> {
    const { callId } = call;
    const { act } = stage;
    const minutes = minutesOf(stage);
    try {
      if ((await this.acts.perform(act, call)) === 'later') return;
      await this.tell(call, { e: 'long-call', act, minutes });
    } catch (error) {
      this.logger.warn({ callId, act, error: String(error) }, 'step of a long call failed');
      await this.tell(call, { e: 'long-call', act, minutes, failed: 'yes' });
    }
  }

  /** Known at once, before the journal is read again. */
  private async tell(call: LongCall, entry: Parameters<CallJournal['write']>[1]): Promise<void> {
    const at = this.clock.now();
    await this.journal.write(call.callId, entry, at);
    const known = this.calls.get(call.callId);
    if (known) this.calls.set(call.callId, [...known, { ...entry, at: (at.getTime() / 1000).toFixed(3) }]);
  }
}
