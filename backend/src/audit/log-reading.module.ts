import { Module } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';
import { AuditController } from './audit.controller.ts';
import { AuditModule } from './audit.module.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { LogProofs } from './log-proofs.service.ts';
import { LogReadingRepository } from './log-reading.repository.ts';
import { LogVerification } from './log-verification.service.ts';

/** Checkpoints, proofs and verification: the console's side of the audit log. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule],
  controllers: [AuditController],
  providers: [
    {
      provide: CheckpointFiles,
      inject: [Settings],
      useFactory: ({ layout }: Settings) => new CheckpointFiles(layout.log),
    },
    LogReadingRepository,
    LogProofs,
    LogVerification,
  ],
  exports: [LogProofs],
})
export class LogReadingModule {}
