import { readFile } from 'node:fs/promises';
import { Module } from '@nestjs/common';
import { z } from 'zod';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { isMissing } from '../platform/file-errors.ts';
import { Settings } from '../platform/settings.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { CheckpointSigner } from './checkpoint-signer.service.ts';
import { LogAppender } from './log-appender.service.ts';
import { LogKeeper } from './log-keeper.service.ts';
import { LogKey } from './log-key.ts';
import { LogRepository } from './log.repository.ts';

const OfSite = z.object({ site: z.object({ id: z.string().min(1) }) });

/** @returns the site's id by the configuration in force; null before there is one */
async function siteIdIn(path: string): Promise<string | null> {
  try {
    return OfSite.parse(JSON.parse(await readFile(path, 'utf8'))).site.id;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

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
    LogRepository,
    LogAppender,
    CheckpointSigner,
    LogKeeper,
    HealthReportRepository,
  ],
})
export class LogKeepingModule {}
