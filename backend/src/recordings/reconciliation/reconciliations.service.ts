import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { schedule, type ScheduledTask } from 'node-cron';
import { Subscription } from 'rxjs';
import { HealthReportRepository } from '../../health/health-report.repository.ts';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { Logger } from '../../platform/logging.ts';
import { MessageReceiver } from '../../platform/messages.ts';
import { StoreRefusedError } from '../vault/recording-store.ts';
import { Reconciler } from './reconciler.service.ts';
import { reconciliationFinding } from './reconciliation-finding.ts';
import { ReconciliationRepository } from './reconciliation.repository.ts';

/** When nobody calls, and before backups are made. */
const NIGHTLY = '30 2 * * *';
const LOOK_MS = 30_000;
const REPORT_MS = 5000;

/** Runs what is wanted, one at a time, wants one itself each night, and reports the check `reconciliation`. */
@Injectable()
export class Reconciliations implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly subscriptions = new Subscription();
  private readonly timers: NodeJS.Timeout[] = [];
  private nightly: ScheduledTask | undefined;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly reconciler: Reconciler,
    private readonly rows: ReconciliationRepository,
    private readonly reports: HealthReportRepository,
    private readonly receiver: MessageReceiver,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.database.ready().then(() => this.begin());
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.timers.forEach((timer) => clearInterval(timer));
    this.subscriptions.unsubscribe();
    await this.nightly?.destroy();
  }

  /** Runs everything that waits. */
  async runAll(): Promise<void> {
    for (let next = await this.rows.takeNext(); next && !this.stopped; next = await this.rows.takeNext()) {
      const { id, dryRun, thorough } = next;
      try {
        const { state, counts, findings } = await this.reconciler.run({ dryRun, thorough });
        await this.rows.end(id, state, counts, findings);
        this.logger.info({ id, state, counts }, 'reconciled recordings, files and keys');
      } catch (error) {
        this.logger.warn({ id, error: String(error) }, 'reconciliation broke off');
        await this.rows.end(id, error instanceof StoreRefusedError ? 'refused' : 'failed', null, []);
      }
    }
    await this.report();
  }

  private async begin(): Promise<void> {
    if (this.stopped) return;
    await this.rows.endInterrupted();
    this.subscriptions.add(this.receiver.messages$.subscribe(({ kind }) => kind === 'reconciliation' && this.look()));
    this.nightly = schedule(NIGHTLY, () => {
      const order = { dryRun: true, thorough: false };
      void this.rows.want(order, null).then(
        () => this.look(),
        () => undefined,
      );
    });
    this.timers.push(setInterval(() => this.look(), LOOK_MS));
    this.timers.push(setInterval(() => void this.report().catch(() => undefined), REPORT_MS));
    this.look();
  }

  private look(): void {
    this.running ??= this.runAll()
      .catch(() => undefined)
      .finally(() => (this.running = null));
  }

  private async report(): Promise<void> {
    const { status, detail } = reconciliationFinding(await this.rows.lastEnded());
    await this.reports.report('reconciliation', status, detail);
  }
}
