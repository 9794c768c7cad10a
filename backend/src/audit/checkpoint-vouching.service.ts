import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { type CheckpointTimestamps } from './timestamps/checkpoint-timestamps.service.ts';
import { timestampFinding, type VouchingFinding, witnessedLogsFinding, witnessFinding } from './vouching-findings.ts';
import { type CheckpointWitnessing } from './witness/checkpoint-witnessing.service.ts';
import { type WitnessRepository } from './witness/witness.repository.ts';

const ROUND_MS = 60_000;
const REPORT_MS = 5000;

/** What of it the operator has asked for; null = not. */
export interface Vouchers {
  timestamps: CheckpointTimestamps | null;
  witnessing: CheckpointWitnessing | null;
  witnessed: WitnessRepository | null;
}

/**
 * Has others vouch for checkpoints for as long as the worker runs, and reports the checks `timestamp`, `witness` and
 * `witnessed-logs`. Apart from the log itself, which neither waits for it nor fails with it.
 */
export class CheckpointVouching implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly findings = new Map<string, VouchingFinding>();
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly vouchers: Vouchers,
    private readonly reports: HealthReportRepository,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.ready().then(() => this.begin());
  }

  onModuleDestroy(): void {
    this.stopped = true;
    this.timers.forEach((timer) => clearInterval(timer));
  }

  /** One round of everything that is due. */
  async round(): Promise<void> {
    const { timestamps, witnessing, witnessed } = this.vouchers;
    if (timestamps) await this.note('timestamp', () => stamp(timestamps));
    if (witnessing) {
      await this.note('witness', async () => {
        const failures = await witnessing.askAll().catch((error: unknown) => [{ witness: '', error }]);
        return witnessFinding(failures);
      });
    }
    if (witnessed) await this.note('witnessed-logs', async () => witnessedLogsFinding(await witnessed.forked()));
    await this.report();
  }

  private async begin(): Promise<void> {
    const { timestamps, witnessing, witnessed } = this.vouchers;
    // Left by a time when it was asked for.
    if (!timestamps) await this.reports.retract('timestamp');
    if (!witnessing) await this.reports.retract('witness');
    if (!witnessed) await this.reports.retract('witnessed-logs');
    if (this.stopped || (!timestamps && !witnessing && !witnessed)) return;
    const round = () => {
      this.running ??= this.round().finally(() => (this.running = null));
    };
    this.timers.push(setInterval(round, ROUND_MS));
    this.timers.push(setInterval(() => void this.report(), REPORT_MS));
    round();
  }

  private async note(checkId: string, look: () => Promise<VouchingFinding>): Promise<void> {
    const before = this.findings.get(checkId)?.detail;
    // Only the database can fail here, which has its own check.
    const finding = await look().catch(() => null);
    if (finding === null) return;
    if (finding.detail !== null && finding.detail !== before)
      this.logger.warn({ checkId, ...finding }, 'not vouched for');
    this.findings.set(checkId, finding);
  }

  private async report(): Promise<void> {
    for (const [checkId, { status, detail }] of this.findings) {
      await this.reports.report(checkId, status, detail).catch(() => undefined);
    }
  }
}

const stamp = (timestamps: CheckpointTimestamps): Promise<VouchingFinding> =>
  timestamps.stampNewest().then(
    () => timestampFinding(null),
    (error: unknown) => timestampFinding(error),
  );
