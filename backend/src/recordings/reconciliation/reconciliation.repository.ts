import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../platform/clock.ts';
import type {
  Reconciliation,
  ReconciliationCounts,
  ReconciliationFinding,
  ReconciliationOrder,
  ReconciliationState,
  ReconciliationSummary,
} from './reconciliation.schema.ts';

interface SummaryRow extends Omit<ReconciliationSummary, 'wantedAt' | 'wantedBy' | 'startedAt' | 'endedAt' | 'counts'> {
  wantedAt: Date;
  wantedBy: string | null;
  wantedByName: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
  /** Empty until it has ended. */
  counts: Partial<ReconciliationCounts>;
}

interface Row extends SummaryRow {
  findings: ReconciliationFinding[];
}

const SUMMARY = `id, wanted_at AS "wantedAt", wanted_by AS "wantedBy", dry_run AS "dryRun", thorough, state,
  (SELECT name FROM users WHERE users.id = wanted_by) AS "wantedByName",
  started_at AS "startedAt", ended_at AS "endedAt", counts`;
const COLUMNS = `${SUMMARY}, findings`;

function summaryOf(row: SummaryRow): ReconciliationSummary {
  const { wantedAt, wantedBy, wantedByName, startedAt, endedAt, counts, ...same } = row;
  return {
    ...same,
    wantedAt: wantedAt.toISOString(),
    wantedBy: wantedBy === null ? null : { id: wantedBy, name: wantedByName ?? '' },
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    counts: counts.rows === undefined ? null : (counts as ReconciliationCounts),
  };
}

const viewOf = ({ findings, ...row }: Row): Reconciliation => ({ ...summaryOf(row), findings });

/** 照合: which were wanted, and what they found. */
@Injectable()
export class ReconciliationRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @param wantedBy null = the box itself */
  async want({ dryRun, thorough }: ReconciliationOrder, wantedBy: string | null): Promise<Reconciliation> {
    const rows: Row[] = await this.dataSource.query(
      `INSERT INTO reconciliations (id, wanted_at, wanted_by, dry_run, thorough, state)
       VALUES ($1, $2, $3, $4, $5, 'waiting') RETURNING ${COLUMNS}`,
      [randomUUID(), this.clock.now(), wantedBy, dryRun, thorough],
    );
    const [wanted] = rows.map(viewOf);
    if (!wanted) throw new Error('the database gave no row back');
    return wanted;
  }

  /** @returns the oldest one that waits, from now on running; null when there is none, or one runs */
  async takeNext(): Promise<Reconciliation | null> {
    const [rows]: [Row[]] = await this.dataSource.query(
      `UPDATE reconciliations SET state = 'running', started_at = $1 WHERE id = (
         SELECT id FROM reconciliations WHERE state = 'waiting'
           AND NOT EXISTS (SELECT FROM reconciliations WHERE state = 'running') ORDER BY wanted_at LIMIT 1
       ) AND state = 'waiting' RETURNING ${COLUMNS}`,
      [this.clock.now()],
    );
    return rows.map(viewOf)[0] ?? null;
  }

  async end(
    id: string,
    state: ReconciliationState,
    counts: ReconciliationCounts | null,
    findings: readonly ReconciliationFinding[],
  ): Promise<void> {
    await this.dataSource.query(
      'UPDATE reconciliations SET state = $2, ended_at = $3, counts = $4, findings = $5 WHERE id = $1',
      [id, state, this.clock.now(), JSON.stringify(counts ?? {}), JSON.stringify(findings)],
    );
  }

  /** The worker that ran it was killed. */
  async endInterrupted(): Promise<void> {
    await this.dataSource.query(`UPDATE reconciliations SET state = 'failed', ended_at = $1 WHERE state = 'running'`, [
      this.clock.now(),
    ]);
  }

  async newest(limit: number): Promise<ReconciliationSummary[]> {
    const rows: SummaryRow[] = await this.dataSource.query(
      `SELECT ${SUMMARY} FROM reconciliations ORDER BY wanted_at DESC LIMIT $1`,
      [limit],
    );
    return rows.map(summaryOf);
  }

  async find(id: string): Promise<Reconciliation | null> {
    const rows: Row[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM reconciliations WHERE id = $1`, [id]);
    return rows.map(viewOf)[0] ?? null;
  }

  /** @returns the last one that looked at everything, or had to stop */
  async lastEnded(): Promise<ReconciliationSummary | null> {
    const rows: SummaryRow[] = await this.dataSource.query(
      `SELECT ${SUMMARY} FROM reconciliations WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1`,
    );
    return rows.map(summaryOf)[0] ?? null;
  }
}
