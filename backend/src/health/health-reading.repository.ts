import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { HealthReportEntity } from './health-report.entity.ts';

/** How many of the newest recordings tell what an hour takes. */
const SAMPLE = 500;

/** The reading side of the health reports. */
@Injectable()
export class HealthReadingRepository {
  constructor(private readonly dataSource: DataSource) {}

  async reports(): Promise<HealthReportEntity[]> {
    return this.dataSource.manager.find(HealthReportEntity, { order: { checkId: 'ASC' } });
  }

  /** @returns null when nothing has been recorded yet */
  async bytesPerRecordedHour(): Promise<number | null> {
    const rows: { rate: string | null }[] = await this.dataSource.query(
      `SELECT sum(size_bytes) / nullif(sum(duration_ms), 0) * 3600000 AS rate FROM (
         SELECT size_bytes, duration_ms FROM recordings
         WHERE state = 'sealed' AND duration_ms > 0 ORDER BY started_at DESC LIMIT $1) AS newest`,
      [SAMPLE],
    );
    const rate = Number(rows[0]?.rate ?? 0);
    return rate > 0 ? rate : null;
  }
}
