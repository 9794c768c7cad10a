import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.ts';
import type { HealthStatus } from './health.schema.ts';

/** Of a trunk or a phone. */
export interface ReportedState {
  state?: string | null;
  roundTripMs?: number | null;
}

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
   * Keeps `since` while status and state stay the same.
   * @returns whether they have changed
   * @param checkId e.g. `asterisk`, `worker`, `trunk:carrier`
   */
  async report(
    checkId: string,
    status: HealthStatus,
    detail: string | null = null,
    { state = null, roundTripMs = null }: ReportedState = {},
  ): Promise<boolean> {
    const [reported] = await this.dataSource.query<{ changed: boolean }[]>(
      `INSERT INTO health_reports (check_id, status, detail, state, round_trip_ms, since, reported_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)
       ON CONFLICT (check_id) DO UPDATE SET
         status = excluded.status, detail = excluded.detail, state = excluded.state,
         round_trip_ms = excluded.round_trip_ms, reported_at = excluded.reported_at,
         since = CASE WHEN health_reports.status = excluded.status AND health_reports.state IS NOT DISTINCT FROM excluded.state
           THEN health_reports.since ELSE excluded.since END
       RETURNING since = $6 AS changed`,
      [checkId, status, detail, state, roundTripMs, this.clock.now()],
    );
    return reported?.changed ?? false;
  }
}
