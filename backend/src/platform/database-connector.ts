import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { BehaviorSubject, filter, firstValueFrom } from 'rxjs';
import { DataSource } from 'typeorm';
import { Logger } from './logging.ts';

/** Any constant will do; it keeps two processes from migrating at once. */
const MIGRATION_LOCK = 47_041_979;

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/**
 * Connects and migrates in the background, so that a process starts (and calls flow) with the database down.
 * After the first success the pool reconnects by itself.
 */
@Injectable()
export class DatabaseConnector implements OnModuleInit, OnApplicationShutdown {
  private readonly state = new BehaviorSubject(false);
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    void this.connect(FIRST_RETRY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /** Whether the schema has been seen in place since this process started. */
  get isReady(): boolean {
    return this.state.value;
  }

  /** Resolves once the schema is in place. */
  async ready(): Promise<void> {
    await firstValueFrom(this.state.pipe(filter(Boolean)));
  }

  private async connect(retryMs: number): Promise<void> {
    try {
      if (!this.dataSource.isInitialized) await this.dataSource.initialize();
      await this.migrate();
      this.state.next(true);
    } catch (error) {
      if (this.stopped) return;
      this.logger.warn({ error: String(error), retryMs }, 'database not reachable, will retry');
      this.timer = setTimeout(() => void this.connect(Math.min(retryMs * 2, LAST_RETRY_MS)), retryMs);
    }
  }

  private async migrate(): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      await this.dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
      await runner.release();
    }
  }
}
