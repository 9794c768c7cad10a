import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LogKeepingModule } from '../../../backend/src/audit/log-keeping.module.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { PlatformModule } from '../../../backend/src/platform/platform.module.ts';
import { type Settings } from '../../../backend/src/platform/settings.ts';

@Module({})
class WorkerUnderTest {}

/** The part of the worker that keeps the log. The caller closes it. */
export async function startLogWorker(settings: Settings): Promise<INestApplicationContext> {
  const logger = new Logger('worker', 'silent');
  const imports = [PlatformModule.forProcess(settings, logger, 4), LogKeepingModule];
  return NestFactory.createApplicationContext({ module: WorkerUnderTest, imports }, { logger, abortOnError: false });
}
