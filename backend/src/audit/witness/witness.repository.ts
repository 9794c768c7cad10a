import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../platform/clock.ts';
import { type WitnessedTree } from './witness-decision.ts';

/** The logs of other boxes, as far as this one has vouched for them. */
@Injectable()
export class WitnessRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @returns what `work` does while nobody else decides about the same log */
  async exclusively<T>(origin: string, work: (log: WitnessedLog) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('witnessed-log:' || $1, 0))`, [origin]);
      return work(new WitnessedLog(manager, this.clock, origin));
    });
  }

  /** Logs of which two histories have been signed. */
  async forked(): Promise<string[]> {
    const rows: { origin: string }[] = await this.dataSource.query(
      'SELECT origin FROM witnessed_logs WHERE forked_at IS NOT NULL ORDER BY origin',
    );
    return rows.map(({ origin }) => origin);
  }
}

/** One log, while nobody else decides about it. */
export class WitnessedLog {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
    private readonly origin: string,
  ) {}

  async cosigned(): Promise<WitnessedTree | null> {
    const rows: { size: string; root: Buffer }[] = await this.manager.query(
      'SELECT size, root FROM witnessed_logs WHERE origin = $1',
      [this.origin],
    );
    return rows[0] ? { ...rows[0], size: Number(rows[0].size) } : null;
  }

  async remember({ size, root }: WitnessedTree): Promise<void> {
    await this.manager.query(
      `INSERT INTO witnessed_logs (origin, size, root, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, at = excluded.at`,
      [this.origin, size, root, this.clock.now()],
    );
  }

  /**
   * Keeps the note that contradicts what was cosigned: with its signature it is the proof.
   * @returns whether it is news
   */
  async rememberFork(note: string): Promise<boolean> {
    const rows: [unknown, number] = await this.manager.query(
      'UPDATE witnessed_logs SET forked_at = $2, forked_note = $3 WHERE origin = $1 AND forked_at IS NULL',
      [this.origin, this.clock.now(), note],
    );
    return rows[1] > 0;
  }
}
