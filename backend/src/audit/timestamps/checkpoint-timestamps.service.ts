import { Clock } from '../../platform/clock.ts';
import { CheckpointFiles } from '../checkpoint-files.ts';
import { CheckpointVouchers } from '../checkpoint-vouchers.repository.ts';
import { type StoredCheckpoint } from '../log.repository.ts';
import { TimestampAuthority } from './timestamp-authority.ts';

/** Authorities count, and bill, each stamp; checkpoints on demand may be many. */
export const LEAST_INTERVAL_MS = 55 * 60_000;

/** Has checkpoints stamped: that this history was there at that time is then vouched for by somebody outside. */
export class CheckpointTimestamps {
  constructor(
    private readonly rows: CheckpointVouchers,
    private readonly files: CheckpointFiles,
    private readonly authority: TimestampAuthority,
    private readonly clock: Clock,
  ) {}

  /**
   * Stamps the newest checkpoint, about once an hour.
   * @throws OutboundFailedError, TimestampRefusedError; nothing is stored then
   */
  async stampNewest(): Promise<'stamped' | 'not-due'> {
    const newest = await this.rows.newestCheckpoint();
    const last = await this.rows.newestTimestamp();
    const now = this.clock.now();
    if (!newest || newest.size === last?.size) return 'not-due';
    if (last && now.getTime() - last.at.getTime() < LEAST_INTERVAL_MS) return 'not-due';
    const answer = (await this.interrupted(newest)) ?? (await this.authority.stamp(newest.note));
    // The file first, as with the checkpoint itself.
    await this.files.writeCompanion(newest.size, 'tsr', answer);
    await this.rows.addTimestamp(newest.size, answer, now);
    return 'stamped';
  }

  /** What was stamped when the process died before it could say so in the table. */
  private async interrupted({ size, note }: StoredCheckpoint): Promise<Buffer | null> {
    const answer = await this.files.readCompanion(size, 'tsr');
    if (answer === null) return null;
    return this.authority.verify(answer, note).then(
      () => answer,
      () => null,
    );
  }
}
