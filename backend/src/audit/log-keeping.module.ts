import { Module } from '@nestjs/common';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { Clock } from '../platform/clock.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { Logger } from '../platform/logging.ts';
import { Settings } from '../platform/settings.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { CheckpointVouchers } from './checkpoint-vouchers.repository.ts';
import { CheckpointVouching } from './checkpoint-vouching.service.ts';
import { CheckpointSigner } from './checkpoint-signer.service.ts';
import { LogAppender } from './log-appender.service.ts';
import { LogKeeper } from './log-keeper.service.ts';
import { LogKey } from './log-key.ts';
import { LogRepository } from './log.repository.ts';
import { siteIdIn } from './site-id.ts';
import { CheckpointTimestamps } from './timestamps/checkpoint-timestamps.service.ts';
import { timestampAuthority } from './timestamps/timestamp-authority.ts';
import { CheckpointWitnessing } from './witness/checkpoint-witnessing.service.ts';
import { readWitnesses } from './witness/witness-lists.ts';
import { WitnessRepository } from './witness/witness.repository.ts';

const vouching = {
  provide: CheckpointVouching,
  inject: [
    Settings,
    CheckpointVouchers,
    CheckpointFiles,
    WitnessRepository,
    HealthReportRepository,
    DatabaseConnector,
    Clock,
    Logger,
  ],
  useFactory: (
    settings: Settings,
    rows: CheckpointVouchers,
    files: CheckpointFiles,
    witnessed: WitnessRepository,
    reports: HealthReportRepository,
    database: DatabaseConnector,
    clock: Clock,
    logger: Logger,
  ) => {
    const { DENWABAN_WITNESSES: witnesses, DENWABAN_WITNESSED_LOGS: witnessedLogs } = settings.operator;
    const authority = timestampAuthority(settings);
    return new CheckpointVouching(
      {
        timestamps: authority && new CheckpointTimestamps(rows, files, authority, clock),
        witnessing:
          witnesses === undefined ? null : new CheckpointWitnessing(rows, files, () => readWitnesses(witnesses), clock),
        witnessed: witnessedLogs === undefined ? null : witnessed,
      },
      reports,
      database,
      logger,
    );
  },
};

/** The worker's side of the audit log: it alone appends and signs. Stands on `PlatformModule`. */
@Module({
  providers: [
    {
      provide: LogKey,
      inject: [Settings],
      useFactory: ({ layout }: Settings) => LogKey.in(layout, () => siteIdIn(layout.lastGoodConfiguration)),
    },
    {
      provide: CheckpointFiles,
      inject: [Settings],
      useFactory: ({ layout }: Settings) => new CheckpointFiles(layout.log),
    },
    CheckpointVouchers,
    WitnessRepository,
    vouching,
    LogRepository,
    LogAppender,
    CheckpointSigner,
    LogKeeper,
    HealthReportRepository,
  ],
})
export class LogKeepingModule {}
