import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.ts';
import type { HealthStatus } from './health.schema.ts';

/** Lets a process say what it alone can see. Reports are repeated: see `HealthReportEntity`. */
@Injectable()
export class HealthReportRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** There is nothing to report on any more. */
  async retract(checkId: string): Promise<void> {
    await this.dataSource.query('DELETE FROM health_reports WHERE check_id = $1', [checkId]);
  }

  /**
   * Keeps `since` while the status stays the same.
   * @param checkId e.g. `asterisk`, `worker`, `trunk:carrier`
   */
  async report(checkId: string, status: HealthStatus, detail: string | null = null): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO health_reports (check_id, status, detail, since, reported_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (check_id) DO UPDATE SET
         status = excluded.status, detail = excluded.detail, reported_at = excluded.reported_at,
         since = CASE WHEN health_reports.status = excluded.status THEN health_reports.since ELSE excluded.since END`,
      [checkId, status, detail, this.clock.now()],
    );
  }
}
