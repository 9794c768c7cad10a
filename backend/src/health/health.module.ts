import { Module } from '@nestjs/common';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { HeadroomModule } from '../headroom/headroom.module.ts';
import { HealthController } from './health.controller.ts';
import { HealthReadingRepository } from './health-reading.repository.ts';
import { HealthService } from './health.service.ts';

/** Health as the API shows it. */
@Module({
  imports: [ConfigurationVersionModule, HeadroomModule],
  controllers: [HealthController],
  providers: [HealthReadingRepository, HealthService],
})
export class HealthModule {}
