import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type TreeNode } from './log/merkle.ts';
import {
  type AuditEventRow,
  auditEventLeaf,
  type EncodedLeaf,
  recordingLeaf,
  SETTLING_ACTIONS,
} from './logged-records.ts';
import { type ExclusiveLog, LogRepository } from './log.repository.ts';

/** Events in one transaction: some thousand rows, a fraction of a second. */
const BATCH = 500;
/** Writers of audit events hold their transaction for milliseconds. */
const SETTLE_TIMEOUT_MS = 2000;
const SETTLE_POLL_MS = 10;

/**
 * Brings audit events, and the recordings that they settle, into the log: leaves and nodes in one transaction, so that
 * a kill at any moment leaves either all of a batch or nothing, and the next run goes on from the log itself.
 */
@Injectable()
export class LogAppender {
  constructor(private readonly log: LogRepository) {}

  /** Appends everything that is settled. @returns how many leaves were made */
  async appendAll(): Promise<number> {
    const upTo = await this.settledUpTo();
    if (upTo === null) return 0;
    let made = 0;
    for (;;) {
      const batch = await this.log.exclusively((log) => this.appendBatch(log, upTo));
      if (batch === null) return made;
      made += batch.leaves;
      if (batch.events < BATCH) return made;
    }
  }

  /**
   * The id up to which no event can appear any more. Ids are given in the order of inserts, not of commits, and those of
   * rolled-back inserts never appear, so a gap below the newest id may still be filled. But an insert takes its lock on the
   * table before it takes an id, and keeps it until what it wrote can be seen. Hence, once every transaction has ended that
   * had that lock when the newest id was read already, whatever is missing below that id stays missing, and an event that
   * turns up there later is a forged one. Unlike locking the table, looking at the locks keeps nobody waiting.
   * @returns null when there are no events, or a writer takes too long: then the next run has to look again
   */
  private async settledUpTo(): Promise<string | null> {
    const newest = await this.log.newestEvent();
    if (newest === null) return null;
    const deadline = performance.now() + SETTLE_TIMEOUT_MS;
    for (let before = await this.log.writers(); before.length > 0;) {
      if (performance.now() > deadline) return null;
      await delay(SETTLE_POLL_MS);
      const now = new Set(await this.log.writers());
      before = before.filter((writer) => now.has(writer));
    }
    return newest;
  }

  private async appendBatch(log: ExclusiveLog, upTo: string): Promise<{ events: number; leaves: number }> {
    const events = await log.nextEvents(upTo, BATCH);
    if (events.length === 0) return { events: 0, leaves: 0 };
    const leaves = await leavesOf(log, events);
    const from = await log.size();
    const edge = await log.edge(from);
    const nodes: TreeNode[] = leaves.flatMap(({ hash }) => edge.append(hash));
    await log.appendLeaves(from, leaves);
    await log.appendNodes(nodes);
    return { events: events.length, leaves: leaves.length };
  }
}

/**
 * A leaf for each event, and after an event that settles a recording one for the recording. Only such an event leads to
 * the recording's row: a row that was changed otherwise must not find its way into the log by itself.
 */
async function leavesOf(log: ExclusiveLog, events: readonly AuditEventRow[]): Promise<EncodedLeaf[]> {
  const settled = events.flatMap(({ action, subject }) =>
    subject !== null && SETTLING_ACTIONS.includes(action) ? [subject] : [],
  );
  const rows = new Map((await log.recordings(settled)).map((row) => [row.id, row]));
  const lastHashes = await log.lastHashes(settled);
  return events.flatMap((event) => {
    const row = SETTLING_ACTIONS.includes(event.action) ? rows.get(event.subject ?? '') : undefined;
    const recording = row && recordingLeaf(row);
    // Settled twice within a batch, the row already shows the second time.
    if (!recording || lastHashes.get(recording.source)?.equals(recording.hash)) return [auditEventLeaf(event)];
    lastHashes.set(recording.source, recording.hash);
    return [auditEventLeaf(event), recording];
  });
}
