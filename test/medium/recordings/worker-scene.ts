import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthReportEntity } from '../../../backend/src/health/health-report.entity.ts';
import { DatabaseConnector } from '../../../backend/src/platform/database-connector.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { PlatformModule } from '../../../backend/src/platform/platform.module.ts';
import { SealingModule } from '../../../backend/src/recordings/sealing/sealing.module.ts';
import { VaultCheck } from '../../../backend/src/recordings/vault/vault-check.service.ts';
import { createTestDatabase } from '../postgres.ts';
import { filesBelow } from './sealing-bench.ts';
import { SealingScene } from './sealing-scene.ts';

@Module({})
class WorkerUnderTest {}

/** What the worker does by itself, in a process of the test's. */
export class WorkerScene extends SealingScene {
  private worker: INestApplicationContext | undefined;

  static override async open(): Promise<WorkerScene> {
    return new WorkerScene(await createTestDatabase());
  }

  async startWorker(): Promise<INestApplicationContext> {
    const logger = new Logger('worker', 'silent');
    const platform = PlatformModule.forProcess(this.settings, logger, 4);
    this.worker = await NestFactory.createApplicationContext(
      { module: WorkerUnderTest, imports: [platform, SealingModule] },
      { logger, abortOnError: false },
    );
    return this.worker;
  }

  /** Its own look at files and rows needs the database, which a starting worker does not wait for. */
  async connectedVaultCheck(): Promise<VaultCheck> {
    const running = await this.startWorker();
    await running.get(DatabaseConnector).ready();
    return running.get(VaultCheck);
  }

  async spoolIsEmpty(): Promise<boolean> {
    return (await filesBelow(this.layout.spool)).length === 0;
  }

  async healthOf(checkId: string): Promise<HealthReportEntity | null> {
    return await this.database.dataSource.manager.findOneBy(HealthReportEntity, { checkId });
  }

  override async close(): Promise<void> {
    await this.worker?.close();
    await super.close();
  }
}
