import { Module } from '@nestjs/common';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { HealthReadingRepository } from '../health/health-reading.repository.ts';
import { TrunksController } from './trunks.controller.ts';

/** Trunks as the API shows them. */
@Module({
  imports: [ConfigurationVersionModule],
  controllers: [TrunksController],
  providers: [HealthReadingRepository],
})
export class TrunksModule {}
