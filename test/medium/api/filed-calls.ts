import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { type CallOutcome } from '../../../backend/src/calls/call.schema.ts';

export interface FiledCall {
  id: string;
  startedAt: Date;
  endedAt: Date | null;
  number: string | null;
  line: string;
  outcome: CallOutcome;
  callbackRequested: boolean;
  marked: boolean;
}

const MINUTE_MS = 60_000;

/** A call as a search may meet it; what is not said is that of an ordinary, answered call. */
export function aCall(part: Partial<FiledCall> = {}): FiledCall {
  const startedAt = part.startedAt ?? new Date('2026-11-20T01:00:00.000Z');
  const endedAt = new Date(startedAt.getTime() + MINUTE_MS);
  const ordinary = {
    number: '0312345678',
    line: 'main',
    outcome: 'answered',
    callbackRequested: false,
    marked: false,
  } as const;
  return { id: randomUUID(), startedAt, endedAt, ...ordinary, ...part };
}

function journalOf({ startedAt, endedAt, number, line }: FiledCall): object[] {
  const at = (date: Date) => (date.getTime() / 1000).toFixed(3);
  const begin = {
    e: 'begin',
    at: at(startedAt),
    direction: 'incoming',
    trunk: 'carrier',
    line,
    dialled: '0355501000',
    number: number ?? '',
    presentation: number === null ? 'withheld' : 'shown',
    channel: 'PJSIP/trunk-carrier-00000001',
  };
  return endedAt ? [begin, { e: 'end', at: at(endedAt), cause: '16', by: 'caller' }] : [begin];
}

/** Puts calls into the table as filing would have. */
export async function fileCalls(dataSource: DataSource, calls: readonly FiledCall[]): Promise<void> {
  const rows = calls.map((call) => ({ ...call, journal: journalOf(call) }));
  await dataSource.query(
    `INSERT INTO calls (id, direction, number, presentation, trunk_id, line_id, line_name, dialled, state, outcome,
       callback_requested, marked, started_at, ended_at, handled_by, recorder, journal_lines, journal)
     SELECT id, 'incoming', number, CASE WHEN number IS NULL THEN 'withheld' ELSE 'shown' END, 'carrier', line, line,
       '0355501000', CASE WHEN "endedAt" IS NULL THEN 'talking' ELSE 'ended' END,
       CASE WHEN "endedAt" IS NOT NULL THEN outcome END, "callbackRequested", marked, "startedAt", "endedAt", 'backend',
       CASE WHEN "endedAt" IS NULL THEN 'growing' ELSE 'stopped' END, jsonb_array_length(journal), journal
     FROM jsonb_to_recordset($1::jsonb) AS call(id uuid, number text, line text, outcome text, "callbackRequested" boolean,
       marked boolean, "startedAt" timestamptz, "endedAt" timestamptz, journal jsonb)`,
    [JSON.stringify(rows)],
  );
}

export async function endCall(dataSource: DataSource, id: string, endedAt: Date): Promise<void> {
  await dataSource.query(
    `UPDATE calls SET state = 'ended', outcome = 'answered', ended_at = $2, recorder = 'stopped' WHERE id = $1`,
    [id, endedAt],
  );
}

/** What filing says to the others. */
export async function announceCall(dataSource: DataSource, id: string): Promise<void> {
  await dataSource.query(`SELECT pg_notify('denwaban', $1)`, [JSON.stringify({ kind: 'call', callId: id })]);
}
