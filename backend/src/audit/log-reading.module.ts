import { Module } from '@nestjs/common';
import { Settings } from '../platform/settings.ts';
import { RecordingsStorageModule } from '../recordings/vault/recordings-storage.module.ts';
import { AuditController } from './audit.controller.ts';
import { AuditModule } from './audit.module.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { LogProofs } from './log-proofs.service.ts';
import { LogReadingRepository } from './log-reading.repository.ts';
import { timestampAuthority } from './timestamps/timestamp-authority.ts';
import { VoucherVerification } from './voucher-verification.ts';
import { readWitnesses } from './witness/witness-lists.ts';
import { LogVerification } from './log-verification.service.ts';

/** Checkpoints, proofs and verification: the console's side of the audit log. Stands on `PlatformModule` and `HttpModule`. */
@Module({
  imports: [AuditModule, RecordingsStorageModule],
  controllers: [AuditController],
  providers: [
    {
      provide: CheckpointFiles,
      inject: [Settings],
      useFactory: ({ layout }: Settings) => new CheckpointFiles(layout.log),
    },
    {
      provide: VoucherVerification,
      inject: [Settings, CheckpointFiles],
      useFactory: (settings: Settings, files: CheckpointFiles) => {
        const { DENWABAN_WITNESSES: list } = settings.operator;
        const witnesses = async () =>
          list === undefined ? [] : (await readWitnesses(list)).map(({ verifier }) => verifier);
        return new VoucherVerification(files, timestampAuthority(settings), witnesses);
      },
    },
    LogReadingRepository,
    LogProofs,
    LogVerification,
  ],
  exports: [LogProofs],
})
export class LogReadingModule {}
