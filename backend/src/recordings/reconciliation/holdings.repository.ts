import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ListedFile } from '../vault/recording-store.ts';

/** A sealed row, and how large the file at its path is; null = there is none. */
export interface HeldRecording {
  id: string;
  callId: string;
  path: string;
  sizeBytes: number;
  sha256: string;
  listedBytes: number | null;
  hasKey: boolean;
}

export interface StrayFile {
  path: string;
  /** By the name of the file, if there is such a row. */
  recordingId: string | null;
  isDeleted: boolean;
}

const RECORDING_ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** What rows, keys and calls say, beside what the store says it holds. In pages: neither has to fit into memory. */
@Injectable()
export class HoldingsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async forgetListing(): Promise<void> {
    await this.dataSource.query('TRUNCATE vault_listing');
  }

  async addToListing(files: readonly ListedFile[]): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO vault_listing (path, size_bytes) SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes`,
      [files.map(({ path }) => path), files.map(({ sizeBytes }) => sizeBytes)],
    );
  }

  /** In the order of their ids, after `afterId`. @param sealedBefore those after it may not be listed */
  async heldRecordings(sealedBefore: Date, afterId: string | null, limit: number): Promise<HeldRecording[]> {
    const rows: (Omit<HeldRecording, 'sizeBytes' | 'listedBytes'> & { size: string; listed: string | null })[] =
      await this.dataSource.query(
        `SELECT r.id, r.call_id AS "callId", r.path, r.size_bytes AS size, r.sha256, l.size_bytes AS listed,
           EXISTS (SELECT FROM recording_keys k WHERE k.recording_id = r.id) AS "hasKey"
         FROM recordings r LEFT JOIN vault_listing l ON l.path = r.path
         WHERE r.state = 'sealed' AND r.sealed_at < $1 AND ($2::uuid IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3`,
        [sealedBefore, afterId, limit],
      );
    return rows.map(({ size, listed, ...row }) => ({
      ...row,
      sizeBytes: Number(size),
      listedBytes: listed === null ? null : Number(listed),
    }));
  }

  /** Ids of sealed recordings drawn by lot. */
  async sample(limit: number): Promise<Set<string>> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM recordings WHERE state = 'sealed' ORDER BY random() LIMIT $1`,
      [limit],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Listed files that no row names, but for those being sealed right now; in the order of their paths, after `afterPath`. */
  async strayFiles(besides: string, afterPath: string, limit: number): Promise<StrayFile[]> {
    return this.dataSource.query(
      `SELECT l.path, named.id AS "recordingId", coalesce(named.state = 'deleted', false) AS "isDeleted"
       FROM vault_listing l LEFT JOIN recordings named ON named.id = substring(l.path from $4)::uuid
       WHERE l.path > $2 AND NOT starts_with(l.path, $1) AND named.state IS DISTINCT FROM 'sealing'
         AND NOT EXISTS (SELECT FROM recordings r WHERE r.path = l.path AND r.state <> 'deleted')
       ORDER BY l.path LIMIT $3`,
      [besides, afterPath, limit, RECORDING_ID],
    );
  }

  /** Asked again right before something is done about it: whether a row names the file now. */
  async isNamed(path: string): Promise<boolean> {
    const rows: { named: boolean }[] = await this.dataSource.query(
      `SELECT EXISTS (SELECT FROM recordings WHERE path = $1
         OR (state = 'sealing' AND id = substring($1 from $2)::uuid)) AS named`,
      [path, RECORDING_ID],
    );
    return rows[0]?.named ?? false;
  }

  /** Keys whose recording is not there, or is deleted. */
  async strayKeys(limit: number): Promise<{ recordingId: string; isDeleted: boolean }[]> {
    return this.dataSource.query(
      `SELECT k.recording_id AS "recordingId", r.id IS NOT NULL AS "isDeleted" FROM recording_keys k
       LEFT JOIN recordings r ON r.id = k.recording_id WHERE r.id IS NULL OR r.state = 'deleted'
       ORDER BY k.recording_id LIMIT $1`,
      [limit],
    );
  }

  async callsWithoutRecording(endedBefore: Date, limit: number): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT c.id FROM calls c WHERE c.ended_at < $1 AND NOT EXISTS (
         SELECT FROM recordings r WHERE r.call_id = c.id AND r.state <> 'sealing') ORDER BY c.started_at LIMIT $2`,
      [endedBefore, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Which of these calls are over since then and have a recording, or a reason why not. */
  async settledCalls(callIds: readonly string[], endedBefore: Date): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT c.id FROM calls c JOIN recordings r ON r.call_id = c.id
       WHERE c.id::text = ANY($1::text[]) AND c.ended_at < $2 AND r.state <> 'sealing'`,
      [callIds, endedBefore],
    );
    return rows.map(({ id }) => id);
  }
}
