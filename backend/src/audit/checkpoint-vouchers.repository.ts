import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type NodeAt } from './log/merkle.ts';
import { StoredNodes } from './log-nodes.repository.ts';
import { type StoredCheckpoint } from './log.repository.ts';

/** The newest checkpoint that somebody has vouched for. */
export interface Vouched {
  size: number;
  at: Date;
}

/** What others say of checkpoints: time stamps, and signatures of witnesses. */
@Injectable()
export class CheckpointVouchers {
  readonly nodeAt: NodeAt;

  constructor(private readonly dataSource: DataSource) {
    this.nodeAt = (level, index) => new StoredNodes(this.dataSource.manager).at(level, index);
  }

  async newestCheckpoint(): Promise<StoredCheckpoint | null> {
    const rows: { size: string; note: string }[] = await this.dataSource.query(
      'SELECT size, note FROM log_checkpoints ORDER BY size DESC LIMIT 1',
    );
    return rows[0] ? { ...rows[0], size: Number(rows[0].size) } : null;
  }

  async newestTimestamp(): Promise<Vouched | null> {
    return newest(await this.dataSource.query('SELECT size, at FROM log_timestamps ORDER BY size DESC LIMIT 1'));
  }

  async addTimestamp(size: number, answer: Buffer, at: Date): Promise<void> {
    await this.dataSource.query(
      'INSERT INTO log_timestamps (size, answer, at) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING',
      [size, answer, at],
    );
  }

  async newestCosignature(witness: string): Promise<Vouched | null> {
    return newest(
      await this.dataSource.query(
        'SELECT size, at FROM log_cosignatures WHERE witness = $1 ORDER BY size DESC LIMIT 1',
        [witness],
      ),
    );
  }

  /** @returns the signature lines of a checkpoint, in the order of the witnesses' names */
  async cosignatures(size: number): Promise<string> {
    const rows: { line: string }[] = await this.dataSource.query(
      'SELECT line FROM log_cosignatures WHERE size = $1 ORDER BY witness',
      [size],
    );
    return rows.map(({ line }) => line).join('');
  }

  async addCosignature(size: number, witness: string, line: string, at: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO log_cosignatures (size, witness, line, at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (size, witness) DO NOTHING`,
      [size, witness, line, at],
    );
  }
}

const newest = ([row]: { size: string; at: Date }[]): Vouched | null =>
  row ? { ...row, size: Number(row.size) } : null;
