import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import { CallEntity } from './call.entity.ts';
import type { RecorderHealth } from './call.schema.ts';
import type { JournalEntry } from './journal.schema.ts';
import type { CallFacts } from './reduce-journal.ts';

const FACTS = {
  id: 'id',
  direction: 'direction',
  number: 'number',
  presentation: 'presentation',
  trunkId: 'trunk_id',
  lineId: 'line_id',
  lineName: 'line_name',
  dialled: 'dialled',
  deskId: 'desk_id',
  deskName: 'desk_name',
  phoneId: 'phone_id',
  phoneName: 'phone_name',
  state: 'state',
  outcome: 'outcome',
  callbackRequested: 'callback_requested',
  marked: 'marked',
  emergency: 'emergency',
  reason: 'reason',
  blockRuleId: 'block_rule_id',
  blockAction: 'block_action',
  startedAt: 'started_at',
  answeredAt: 'answered_at',
  endedAt: 'ended_at',
  handledBy: 'handled_by',
  endCause: 'end_cause',
  endedBy: 'ended_by',
  journalLines: 'journal_lines',
} as const satisfies Record<keyof CallFacts, string>;

/** A name stays as it was at the time of the call, however often the call is filed after a renaming. */
const NAME_OF: Record<string, string> = { line_name: 'line_id', desk_name: 'desk_id', phone_name: 'phone_id' };

function updateOf(column: string): string {
  const idColumn = NAME_OF[column];
  if (!idColumn) return `${column} = excluded.${column}`;
  return `${column} = CASE WHEN calls.${idColumn} = excluded.${idColumn}
    THEN coalesce(calls.${column}, excluded.${column}) ELSE excluded.${column} END`;
}

const columns = Object.values(FACTS);
const UPSERT = `
  INSERT INTO calls (${columns.join(', ')}, journal, recorder)
  VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')}, $${columns.length + 1},
    CASE WHEN $${columns.indexOf('state') + 1} = 'ended' THEN 'stopped' ELSE 'waiting' END)
  ON CONFLICT (id) DO UPDATE SET ${columns.map(updateOf).join(', ')}, journal = excluded.journal,
    recorder = CASE WHEN excluded.state = 'ended' THEN 'stopped' ELSE calls.recorder END
  WHERE calls.journal_lines < excluded.journal_lines
  RETURNING id`;

async function upsert(manager: EntityManager, facts: CallFacts, journal: readonly JournalEntry[]): Promise<boolean> {
  const values = (Object.keys(FACTS) as (keyof CallFacts)[]).map((key) => facts[key]);
  const rows: unknown[] = await manager.query(UPSERT, [...values, JSON.stringify(journal)]);
  return rows.length > 0;
}

/** The writing side of the calls table. Rows are only ever derived from journals. */
@Injectable()
export class CallRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Files what a journal says, unless the row already comes from a longer one. Each supervisor at the conversation is audited
   * once, in the transaction in which the journal's line comes into the row: a phone needs nobody's leave to dial the code.
   * @returns whether the row changed
   */
  async file(facts: CallFacts, journal: readonly JournalEntry[]): Promise<boolean> {
    const supervisions = journal.filter((entry) => entry.e === 'supervision');
    if (supervisions.length === 0) return upsert(this.dataSource.manager, facts, journal);
    return this.dataSource.transaction(async (manager) => {
      // Who files at the same time waits, and then sees what is audited.
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [facts.id]);
      const before = await manager.findOneBy(CallEntity, { id: facts.id });
      const changed = await upsert(manager, facts, journal);
      if (!changed) return false;
      const filed = (before?.journal ?? []) as readonly JournalEntry[];
      const audited = filed.filter(({ e }) => e === 'supervision').length;
      for (const { at, mode, phone, to } of supervisions.slice(audited))
        await manager.insert(AuditEventEntity, {
          ...{ at: new Date(Number(at) * 1000), userId: null, action: 'call.supervised', subject: facts.id },
          ...{ detail: { mode, phone, to }, remoteAddress: null },
        });
      return true;
    });
  }

  /** @returns whether the row changed; a call that has ended keeps `stopped` */
  async setRecorder(callId: string, recorder: RecorderHealth): Promise<boolean> {
    const result = await this.dataSource
      .createQueryBuilder()
      .update(CallEntity)
      .set({ recorder })
      .where('id = :callId AND ended_at IS NULL AND recorder <> :recorder', { callId, recorder })
      .execute();
    return (result.affected ?? 0) > 0;
  }

  /**
   * Adds a line to the journal of a call that is over and whose journal may have left the spool.
   * @returns whether the call is over and was marked the other way
   */
  async markEnded(callId: string, entry: JournalEntry, marked: boolean): Promise<boolean> {
    const [, changed] = await this.dataSource.query<[unknown, number]>(
      `UPDATE calls SET journal = journal || $2::jsonb, journal_lines = journal_lines + 1, marked = $3
       WHERE id = $1 AND ended_at IS NOT NULL AND marked <> $3`,
      [callId, JSON.stringify([entry]), marked],
    );
    return changed > 0;
  }

  async findById(callId: string): Promise<CallEntity | null> {
    return this.dataSource.manager.findOneBy(CallEntity, { id: callId });
  }

  /** @returns ids of the calls that the table holds to be in progress */
  async findIdsInProgress(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM calls WHERE ended_at IS NULL');
    return rows.map(({ id }) => id);
  }
}
