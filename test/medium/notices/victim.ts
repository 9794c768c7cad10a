import 'reflect-metadata';
import { type AddressInfo, type Server } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { apiProcess } from '../../../backend/src/main/api-process.ts';
import { RecordedNoticesModule } from '../../../backend/src/notices/notice-audio.module.ts';
import { startHttpApplication } from '../../../backend/src/platform/http/application.ts';
import { Logger } from '../../../backend/src/platform/logging.ts';
import { PlatformModule } from '../../../backend/src/platform/platform.module.ts';
import { readOperatorSettings, Settings } from '../../../backend/src/platform/settings.ts';

/**
 * Started by a test that kills it: all of an API process, or what a worker does with notices recorded by phone. Tells at which port
 * it answers, a worker 0.
 */
const settings = new Settings({ ...readOperatorSettings(process.env), DENWABAN_HTTPS_PORT: 0 });
const logger = new Logger('victim', 'silent');

@Module({ imports: [PlatformModule.forProcess(settings, logger, 2), RecordedNoticesModule] })
class Worker {}

async function startApi(): Promise<number> {
  const { application } = await startHttpApplication(apiProcess(settings, logger), settings, logger);
  return ((application.getHttpServer() as Server).address() as AddressInfo).port;
}

async function startWorker(): Promise<number> {
  await NestFactory.createApplicationContext(Worker, { logger: false });
  return 0;
}

process.on('disconnect', () => process.exit(1));
process.send?.(await (process.argv[2] === 'worker' ? startWorker() : startApi()));
