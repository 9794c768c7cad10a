import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger } from '../platform/logging.ts';
import { PlatformModule } from '../platform/platform.module.ts';
import { runProcess } from '../platform/process.ts';
import { readOperatorSettings, Settings } from '../platform/settings.ts';
import { TelephonyModule } from './telephony.module.ts';

/** Filing is done one call after the other; health and configuration come in between. */
const DATABASE_CONNECTIONS = 4;

@Module({})
class TelephonyProcessModule {}

const logger = new Logger('telephony');

await runProcess(logger, async () => {
  const settings = new Settings(readOperatorSettings(process.env));
  const platform = PlatformModule.forProcess(settings, logger, DATABASE_CONNECTIONS);
  const telephony = await NestFactory.createApplicationContext(
    { module: TelephonyProcessModule, imports: [platform, TelephonyModule] },
    { logger },
  );
  return () => telephony.close();
});
