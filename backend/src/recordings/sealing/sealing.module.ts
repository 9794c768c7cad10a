import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.ts';
import { CallFilingModule } from '../../calls/call-filing.module.ts';
import { HealthReportRepository } from '../../health/health-report.repository.ts';
import { Settings } from '../../platform/settings.ts';
import { AudioEncoders } from '../formats/audio-encoders.ts';
import { RecordingClasses } from '../recording-classes.ts';
import { HoldingsRepository } from '../reconciliation/holdings.repository.ts';
import { Reconciler } from '../reconciliation/reconciler.service.ts';
import { ReconciliationRepository } from '../reconciliation/reconciliation.repository.ts';
import { Reconciliations } from '../reconciliation/reconciliations.service.ts';
import { RecordingsStorageModule } from '../vault/recordings-storage.module.ts';
import { SealingQueue } from './sealing-queue.service.ts';
import { SealingDirectory, SealingService } from './sealing.service.ts';
import { Spool } from '../spool/spool.ts';
import { VaultCheck } from '../vault/vault-check.service.ts';
import { WorkerHealth } from './worker-health.service.ts';

const from = <T>(provide: new (...parts: never[]) => T, useFactory: (settings: Settings) => T) => ({
  ...{ provide, inject: [Settings], useFactory },
});

/** From the spool to the vault: the worker's side of recordings. Stands on `PlatformModule`. */
@Module({
  imports: [AuditModule, CallFilingModule, RecordingsStorageModule],
  providers: [
    from(Spool, ({ layout }) => new Spool(layout.spool)),
    from(AudioEncoders, ({ endpoints }) => new AudioEncoders(endpoints.toolsDir)),
    RecordingClasses,
    from(SealingDirectory, ({ layout }) => new SealingDirectory(join(layout.run, 'sealing'))),
    HealthReportRepository,
    SealingService,
    SealingQueue,
    VaultCheck,
    WorkerHealth,
    HoldingsRepository,
    Reconciler,
    ReconciliationRepository,
    Reconciliations,
  ],
})
export class SealingModule {}
