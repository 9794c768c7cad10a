import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LogKeepingModule } from '../audit/log-keeping.module.ts';
import { HeadroomKeepingModule } from '../headroom/headroom.module.ts';
import { RecordedNoticesModule } from '../notices/notice-audio.module.ts';
import { Logger } from '../platform/logging.ts';
import { PlatformModule } from '../platform/platform.module.ts';
import { runProcess } from '../platform/process.ts';
import { readOperatorSettings, Settings } from '../platform/settings.ts';
import { SealingModule } from '../recordings/sealing/sealing.module.ts';

/** Sealing holds a connection for moments only. */
const DATABASE_CONNECTIONS = 4;

/** Everything that must never stand in the way of a call: sealing and the audit log now, retention, backup and transcripts later. */
@Module({})
class WorkerModule {}

const logger = new Logger('worker');

await runProcess(logger, async () => {
  const settings = new Settings(readOperatorSettings(process.env));
  const platform = PlatformModule.forProcess(settings, logger, DATABASE_CONNECTIONS);
  const worker = await NestFactory.createApplicationContext(
    {
      module: WorkerModule,
      imports: [platform, HeadroomKeepingModule, SealingModule, LogKeepingModule, RecordedNoticesModule],
    },
    { logger },
  );
  return () => worker.close();
});
