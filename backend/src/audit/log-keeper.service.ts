import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { schedule, type ScheduledTask } from 'node-cron';
import { Subscription } from 'rxjs';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { type HealthStatus } from '../health/health.schema.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { MessageReceiver } from '../platform/messages.ts';
import { InconsistentLogError } from './audit-log.errors.ts';
import { CheckpointSigner } from './checkpoint-signer.service.ts';
import { LogAppender } from './log-appender.service.ts';

const LOOK_MS = 2000;
const REPORT_MS = 5000;
/** At the full hour. */
const CHECKPOINTS = '0 * * * *';
/** What others do at shutdown needs its time too. */
const STOP_TIMEOUT_MS = 1500;
const BUSY_ATTEMPTS = 50;
const BUSY_RETRY_MS = 100;

interface Finding {
  status: HealthStatus;
  detail: string | null;
}

const WELL: Finding = { status: 'ok', detail: null };

/** Keeps the log growing and signed for as long as the worker runs: one thing at a time, and reports the check `log`. */
@Injectable()
export class LogKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly subscriptions = new Subscription();
  private readonly timers: NodeJS.Timeout[] = [];
  private hourly: ScheduledTask | undefined;
  private running: Promise<void> | null = null;
  private wanted: 'nothing' | 'leaves' | 'checkpoint' = 'nothing';
  private lastError = '';
  private appending = WELL;
  private signing = WELL;

  constructor(
    private readonly appender: LogAppender,
    private readonly signer: CheckpointSigner,
    private readonly reports: HealthReportRepository,
    private readonly receiver: MessageReceiver,
    private readonly database: DatabaseConnector,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    // Nobody knows what a killed worker has left unsigned.
    void this.database.ready().then(() => this.want('checkpoint'));
    this.subscriptions.add(
      this.receiver.messages$.subscribe(({ kind }) => {
        if (kind === 'audit') this.want('leaves');
        if (kind === 'checkpoint') this.want('checkpoint');
      }),
    );
    this.timers.push(setInterval(() => this.want('leaves'), LOOK_MS));
    this.timers.push(setInterval(() => void this.report(), REPORT_MS));
    this.hourly = schedule(CHECKPOINTS, () => this.want('checkpoint'));
  }

  async onModuleDestroy(): Promise<void> {
    this.timers.forEach((timer) => clearInterval(timer));
    this.subscriptions.unsubscribe();
    await this.hourly?.destroy();
    this.want('checkpoint');
    const patience = new Promise<void>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref());
    await Promise.race([this.running, patience]);
  }

  private want(what: 'leaves' | 'checkpoint'): void {
    if (!this.database.isReady) return;
    if (what === 'checkpoint' || this.wanted === 'nothing') this.wanted = what;
    this.running ??= this.work();
  }

  private async work(): Promise<void> {
    while (this.wanted !== 'nothing') {
      const { wanted } = this;
      this.wanted = 'nothing';
      this.appending = await this.attempt(() => this.appender.appendAll());
      if (wanted === 'leaves') continue;
      this.signing = await this.attempt(() => this.sign());
      await this.report();
    }
    this.running = null;
  }

  /** Another worker that is at it may have looked before the leaves that somebody here waits for. */
  private async sign(): Promise<void> {
    for (let attempt = 0; attempt < BUSY_ATTEMPTS; attempt++) {
      if ((await this.signer.sign()) !== 'busy') return;
      await delay(BUSY_RETRY_MS);
    }
    throw new Error('another worker holds the log');
  }

  private async attempt(step: () => Promise<unknown>): Promise<Finding> {
    try {
      await step();
      return WELL;
    } catch (error) {
      const inconsistent = error instanceof InconsistentLogError;
      if (String(error) !== this.lastError) this.logger.error({ error: String(error) }, 'the log cannot be kept');
      this.lastError = String(error);
      return inconsistent ? tampered(error) : UNABLE;
    }
  }

  private async report(): Promise<void> {
    const { status, detail } = this.signing.status === 'down' ? this.signing : worse(this.appending, this.signing);
    await this.reports.report('log', status, detail).catch(() => undefined);
  }
}

const UNABLE: Finding = {
  status: 'degraded',
  detail: '操作記録ログに追記または署名ができません。操作記録そのものは残っており、自動で再試行します。',
};

const tampered = ({ problem }: InconsistentLogError): Finding => ({
  status: 'down',
  detail: `操作記録ログが過去の署名と一致しません。${problem}書き換えられた可能性があるため、署名を停止しました。`,
});

const worse = (a: Finding, b: Finding): Finding => (a.status === 'ok' ? b : a);
