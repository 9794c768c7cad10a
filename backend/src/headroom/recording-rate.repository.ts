import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { RecordingRate } from './headroom.ts';

/** How many of the newest recordings tell what an hour takes. */
const SAMPLE = 500;
/** Four whole weeks: each has the same number of Mondays. */
const OBSERVED_DAYS = 28;

/** What sealed recordings tell of the room they take. */
@Injectable()
export class RecordingRateRepository {
  constructor(private readonly dataSource: DataSource) {}

  async rate(): Promise<RecordingRate> {
    const rows: { bytes_per_hour: string | null; hours_per_day: string | null }[] = await this.dataSource.query(
      `WITH newest AS (
         SELECT size_bytes, duration_ms FROM recordings
         WHERE state = 'sealed' AND duration_ms > 0 ORDER BY started_at DESC LIMIT $1
       ), observed AS (
         SELECT started_at, duration_ms FROM recordings
         WHERE state = 'sealed' AND duration_ms > 0 AND started_at > now() - make_interval(days => $2)
       )
       SELECT (SELECT sum(size_bytes) / nullif(sum(duration_ms), 0) * 3600000 FROM newest) AS bytes_per_hour,
         (SELECT sum(duration_ms) / 3600000.0
            / greatest(1, extract(epoch FROM now() - min(started_at)) / 86400) FROM observed) AS hours_per_day`,
      [SAMPLE, OBSERVED_DAYS],
    );
    const [told] = rows;
    return {
      vaultBytesPerHour: positive(told?.bytes_per_hour),
      recordedHoursPerDay: positive(told?.hours_per_day),
    };
  }
}

function positive(text: string | null | undefined): number | null {
  const value = Number(text ?? 0);
  return value > 0 ? value : null;
}
