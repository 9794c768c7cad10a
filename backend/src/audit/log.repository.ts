import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TreeEdge, type TreeNode } from './log/merkle.ts';
import { StoredNodes } from './log-nodes.repository.ts';
import { type AuditEventRow, type EncodedLeaf, type RecordingRow } from './logged-records.ts';

/** Any constant will do; whoever appends or signs holds it, so that there is one at a time, in however many workers. */
export const LOG_LOCK = 47_041_980;

export const AUDIT_EVENT_COLUMNS = `id, at, user_id AS "userId", action, subject, detail,
  remote_address AS "remoteAddress", salt`;
export const RECORDING_COLUMNS = `id, call_id AS "callId", state, completeness, reason, rule, started_at AS "startedAt",
  sealed_at AS "sealedAt", duration_ms AS "durationMs", format, size_bytes AS "sizeBytes", sha256,
  deleted_at AS "deletedAt", deleted_by AS "deletedBy", deletion_rule AS "deletionRule",
  deletion_event AS "deletionEvent"`;

export interface StoredLeaf {
  index: number;
  leaf: Buffer;
  hash: Buffer;
}

export interface StoredCheckpoint {
  size: number;
  note: string;
}

/** The growing side of the log. */
@Injectable()
export class LogRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns id of the newest audit event that can be seen; null = there is none */
  async newestEvent(): Promise<string | null> {
    const rows: { id: string | null }[] = await this.dataSource.query('SELECT max(id) AS id FROM audit_events');
    return rows[0]?.id ?? null;
  }

  /** Transactions that have written, or are about to write, audit events and have not ended. */
  async writers(): Promise<string[]> {
    const rows: { writer: string }[] = await this.dataSource.query(
      `SELECT virtualtransaction AS writer FROM pg_locks
       WHERE relation = 'audit_events'::regclass AND mode = 'RowExclusiveLock'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.map(({ writer }) => writer);
  }

  /** @returns what `work` does in one transaction that nobody else appends or signs in; null when somebody does */
  async exclusively<T>(work: (log: ExclusiveLog) => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (manager) => {
      const rows: { got: boolean }[] = await manager.query('SELECT pg_try_advisory_xact_lock($1) AS got', [LOG_LOCK]);
      return rows[0]?.got ? work(new ExclusiveLog(manager)) : null;
    });
  }
}

/** The log while nobody else changes it. */
export class ExclusiveLog {
  constructor(private readonly manager: EntityManager) {}

  async size(): Promise<number> {
    const rows: { size: string }[] = await this.manager.query(
      'SELECT coalesce(max(index) + 1, 0) AS size FROM log_leaves',
    );
    return Number(rows[0]?.size);
  }

  /** @throws MissingNodeError */
  async edge(size: number): Promise<TreeEdge> {
    return TreeEdge.load(size, new StoredNodes(this.manager).at);
  }

  /** Audit events above the last one that is in the log, in the order of their ids. */
  async nextEvents(upTo: string, limit: number): Promise<AuditEventRow[]> {
    return this.manager.query(
      `SELECT ${AUDIT_EVENT_COLUMNS} FROM audit_events
       WHERE id > coalesce((SELECT source::bigint FROM log_leaves WHERE kind = 'audit-event'
                            ORDER BY index DESC LIMIT 1), 0) AND id <= $1 ORDER BY audit_events.id LIMIT $2`,
      [upTo, limit],
    );
  }

  async recordings(ids: readonly string[]): Promise<RecordingRow[]> {
    if (ids.length === 0) return [];
    return this.manager.query(`SELECT ${RECORDING_COLUMNS} FROM recordings WHERE id::text = ANY($1::text[])`, [ids]);
  }

  /** @returns the hash of the last leaf of each of these recordings that has one */
  async lastHashes(recordingIds: readonly string[]): Promise<Map<string, Buffer>> {
    if (recordingIds.length === 0) return new Map();
    const rows: { source: string; hash: Buffer }[] = await this.manager.query(
      `SELECT DISTINCT ON (source) source, leaf_hash AS hash FROM log_leaves
       WHERE kind = 'recording' AND source = ANY($1::text[]) ORDER BY source, index DESC`,
      [recordingIds],
    );
    return new Map(rows.map(({ source, hash }) => [source, hash]));
  }

  async appendLeaves(from: number, leaves: readonly EncodedLeaf[]): Promise<void> {
    await this.manager.query(
      `INSERT INTO log_leaves (index, kind, source, leaf, leaf_hash)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])`,
      [
        leaves.map((_, place) => from + place),
        leaves.map(({ kind }) => kind),
        leaves.map(({ source }) => source),
        leaves.map(({ leaf }) => leaf),
        leaves.map(({ hash }) => hash),
      ],
    );
  }

  async appendNodes(nodes: readonly TreeNode[]): Promise<void> {
    await this.manager.query(
      `INSERT INTO log_nodes (level, index, hash) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
      [nodes.map(({ level }) => level), nodes.map(({ index }) => index), nodes.map(({ hash }) => hash)],
    );
  }

  async leaves(from: number, limit: number): Promise<StoredLeaf[]> {
    const rows: (Omit<StoredLeaf, 'index'> & { index: string })[] = await this.manager.query(
      'SELECT index, leaf, leaf_hash AS hash FROM log_leaves WHERE index >= $1 ORDER BY index LIMIT $2',
      [from, limit],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  async newestCheckpoint(): Promise<StoredCheckpoint | null> {
    const rows: { size: string; note: string }[] = await this.manager.query(
      'SELECT size, note FROM log_checkpoints ORDER BY size DESC LIMIT 1',
    );
    return rows[0] ? { ...rows[0], size: Number(rows[0].size) } : null;
  }

  async addCheckpoint({ size, note }: StoredCheckpoint, at: Date): Promise<void> {
    await this.manager.query(
      'INSERT INTO log_checkpoints (size, note, at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING',
      [size, note, at],
    );
  }
}
