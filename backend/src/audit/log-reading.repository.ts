import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { HealthReportEntity } from '../health/health-report.entity.ts';
import { type NodeAt, type TreeNode } from './log/merkle.ts';
import { findNodes, StoredNodes } from './log-nodes.repository.ts';
import { AUDIT_EVENT_COLUMNS, LOG_LOCK, RECORDING_COLUMNS, type StoredCheckpoint } from './log.repository.ts';
import { type AuditEventRow, type LoggedKind, type RecordingRow, SETTLING_ACTIONS } from './logged-records.ts';

/** A leaf as the table has it. Nothing of it is believed. */
export interface LeafRow {
  index: number;
  kind: string;
  source: string;
  leaf: Buffer;
  hash: Buffer;
  /** There is a later leaf of the same record, and only that one is about the row as it is. */
  superseded: boolean;
}

/** What others say of a checkpoint. */
export interface StoredVouchers {
  size: number;
  /** The RFC 3161 answer over the checkpoint's note. */
  timestamp: Buffer | null;
  /** Signature lines that belong below the note; empty = none. */
  cosignatures: string;
}

/** What the log says at one place. */
export interface LoggedLeaf {
  index: number;
  leaf: Buffer;
}

const numbered = <T extends { size: string }>(rows: T[]) => rows.map((row) => ({ ...row, size: Number(row.size) }));

/** The log for readers who only want one thing of it. */
@Injectable()
export class LogReadingRepository {
  readonly nodeAt: NodeAt;

  constructor(private readonly dataSource: DataSource) {
    this.nodeAt = (level, index) => new StoredNodes(this.dataSource.manager).at(level, index);
  }

  /** @returns the newest checkpoint of more than `aboveIndex` leaves */
  async newestCheckpoint(aboveIndex = -1): Promise<(StoredCheckpoint & { at: Date }) | null> {
    const rows: { size: string; note: string; at: Date }[] = await this.dataSource.query(
      'SELECT size, note, at FROM log_checkpoints WHERE size > $1 ORDER BY size DESC LIMIT 1',
      [aboveIndex],
    );
    return numbered(rows)[0] ?? null;
  }

  /** @returns the last leaf of a record */
  async leafOf(kind: LoggedKind, source: string): Promise<LoggedLeaf | null> {
    return (await this.leavesOf(kind, source)).at(-1) ?? null;
  }

  async vouchersOf(size: number): Promise<Omit<StoredVouchers, 'size'>> {
    const rows: { timestamp: Buffer | null; cosignatures: string | null }[] = await this.dataSource.query(
      `SELECT (SELECT answer FROM log_timestamps WHERE size = $1) AS timestamp,
         (SELECT string_agg(line, '' ORDER BY witness) FROM log_cosignatures WHERE size = $1) AS cosignatures`,
      [size],
    );
    return { timestamp: rows[0]?.timestamp ?? null, cosignatures: rows[0]?.cosignatures ?? '' };
  }

  /** @returns of the checkpoints of more than `aboveIndex` leaves the newest that is stamped, or cosigned, or any */
  async bestCheckpoint(aboveIndex: number): Promise<(StoredCheckpoint & { at: Date }) | null> {
    const rows: { size: string; note: string; at: Date }[] = await this.dataSource.query(
      `SELECT size, note, at FROM log_checkpoints c WHERE size > $1
       ORDER BY EXISTS (SELECT FROM log_timestamps t WHERE t.size = c.size)::int
           + EXISTS (SELECT FROM log_cosignatures s WHERE s.size = c.size)::int DESC, c.size DESC LIMIT 1`,
      [aboveIndex],
    );
    return numbered(rows)[0] ?? null;
  }

  /** @returns every leaf of a record, the last one being about the record as it is */
  async leavesOf(kind: LoggedKind, source: string): Promise<LoggedLeaf[]> {
    const rows: { index: string; leaf: Buffer }[] = await this.dataSource.query(
      'SELECT index, leaf FROM log_leaves WHERE kind = $1 AND source = $2 ORDER BY log_leaves.index',
      [kind, source],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  async recordingState(id: string): Promise<string | null> {
    const rows: { state: string }[] = await this.dataSource.query('SELECT state FROM recordings WHERE id = $1', [id]);
    return rows[0]?.state ?? null;
  }

  /** @returns null when there is no such call; `recordingId` is null before its recording has a row */
  async recordingOfCall(callId: string): Promise<{ recordingId: string | null } | null> {
    const rows: { recordingId: string | null }[] = await this.dataSource.query(
      'SELECT r.id AS "recordingId" FROM calls c LEFT JOIN recordings r ON r.call_id = c.id WHERE c.id = $1',
      [callId],
    );
    return rows[0] ?? null;
  }

  /** What the worker says of the log. */
  async health(): Promise<HealthReportEntity | null> {
    return this.dataSource.manager.findOneBy(HealthReportEntity, { checkId: 'log' });
  }

  /** Returns once whatever was being appended or signed is there to be seen. */
  async afterThoseUnderWay(): Promise<void> {
    await this.dataSource.transaction((manager) =>
      manager.query('SELECT pg_advisory_xact_lock_shared($1)', [LOG_LOCK]),
    );
  }

  /** @returns what `work` finds in one unchanging view of the database, however long it takes */
  async inSnapshot<T>(work: (snapshot: LogSnapshot) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('REPEATABLE READ', (manager) => work(new LogSnapshot(manager)));
  }
}

export class LogSnapshot {
  constructor(private readonly manager: EntityManager) {}

  async bounds(): Promise<{ size: number; lastEvent: string; waitingEvents: number }> {
    const logged: { size: string; source: string | null }[] = await this.manager.query(
      `SELECT (SELECT coalesce(max(index) + 1, 0) FROM log_leaves) AS size,
         (SELECT source FROM log_leaves WHERE kind = 'audit-event' AND source ~ '^[0-9]{1,18}$'
          ORDER BY index DESC LIMIT 1) AS source`,
    );
    const lastEvent = logged[0]?.source ?? '0';
    const waiting: { count: string }[] = await this.manager.query(
      'SELECT count(*) AS count FROM audit_events WHERE id > $1',
      [lastEvent],
    );
    return { size: Number(logged[0]?.size), lastEvent, waitingEvents: Number(waiting[0]?.count) };
  }

  async leaves(from: number, to: number): Promise<LeafRow[]> {
    const rows: (Omit<LeafRow, 'index'> & { index: string })[] = await this.manager.query(
      `SELECT index, kind, source, leaf, leaf_hash AS hash, EXISTS (
         SELECT FROM log_leaves later WHERE later.kind = l.kind AND later.source = l.source AND later.index > l.index
       ) AS superseded FROM log_leaves l WHERE index >= $1 AND index < $2 ORDER BY index`,
      [from, to],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  async hashes(from: number, limit: number): Promise<{ index: number; hash: Buffer }[]> {
    const rows: { index: string; hash: Buffer }[] = await this.manager.query(
      'SELECT index, leaf_hash AS hash FROM log_leaves WHERE index >= $1 ORDER BY index LIMIT $2',
      [from, limit],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  nodes(places: readonly Pick<TreeNode, 'level' | 'index'>[]): Promise<Map<string, Buffer>> {
    return findNodes(this.manager, places);
  }

  /** Nodes that no tree of this size has. */
  async surplusNodes(size: number, limit: number): Promise<{ level: number; index: number }[]> {
    const rows: { level: number; index: string }[] = await this.manager.query(
      `SELECT level, index FROM log_nodes
       WHERE level < 0 OR index < 0 OR (index + 1)::numeric * 2::numeric ^ level > $1 ORDER BY level, index LIMIT $2`,
      [size, limit],
    );
    return rows.map(({ level, index }) => ({ level, index: Number(index) }));
  }

  /** Events above `after` up to, and including, `upTo`. */
  async events(after: string, upTo: string): Promise<AuditEventRow[]> {
    return this.manager.query(
      `SELECT ${AUDIT_EVENT_COLUMNS} FROM audit_events WHERE id > $1 AND id <= $2 ORDER BY audit_events.id`,
      [after, upTo],
    );
  }

  async recordings(ids: readonly string[]): Promise<RecordingRow[]> {
    return this.manager.query(`SELECT ${RECORDING_COLUMNS} FROM recordings WHERE id::text = ANY($1::text[])`, [ids]);
  }

  /** Recordings that were settled by an event that is not in the log yet, so that their rows may be ahead of it. */
  async recordingsAhead(lastEvent: string): Promise<Set<string>> {
    const rows: { id: string }[] = await this.manager.query(
      'SELECT DISTINCT subject AS id FROM audit_events WHERE id > $1 AND action = ANY($2::text[])',
      [lastEvent, SETTLING_ACTIONS],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Settled recordings that the log knows nothing of. */
  async unloggedRecordings(limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      `SELECT id FROM recordings r WHERE state IN ('sealed', 'none', 'deleted') AND NOT EXISTS (
         SELECT FROM log_leaves l WHERE l.kind = 'recording' AND l.source = r.id::text) ORDER BY id LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Recordings that vanished after they were settled and before they came into the log. */
  async vanishedRecordings(lastEvent: string, limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.manager.query(
      `SELECT DISTINCT subject AS id FROM audit_events e WHERE id <= $1 AND action = ANY($2::text[])
         AND NOT EXISTS (SELECT FROM log_leaves l WHERE l.kind = 'recording' AND l.source = e.subject)
         AND NOT EXISTS (SELECT FROM recordings r WHERE r.id::text = e.subject) ORDER BY subject LIMIT $3`,
      [lastEvent, SETTLING_ACTIONS, limit],
    );
    return rows.map(({ id }) => id);
  }

  async vouchers(): Promise<StoredVouchers[]> {
    const rows: (Omit<StoredVouchers, 'size'> & { size: string })[] = await this.manager.query(
      `SELECT size, answer AS timestamp, coalesce(cosignatures, '') AS cosignatures FROM log_timestamps
       FULL JOIN (SELECT size, string_agg(line, '' ORDER BY witness) AS cosignatures FROM log_cosignatures GROUP BY size)
         AS lines USING (size) ORDER BY size`,
    );
    return numbered(rows);
  }

  async checkpoints(): Promise<StoredCheckpoint[]> {
    const rows: { size: string; note: string }[] = await this.manager.query(
      'SELECT size, note FROM log_checkpoints ORDER BY size',
    );
    return numbered(rows);
  }
}
