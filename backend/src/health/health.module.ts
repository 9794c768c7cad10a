import { Module } from '@nestjs/common';
import { BlockRulesModule } from '../blocklist/block-rules.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { HeadroomModule } from '../headroom/headroom.module.ts';
import { NoticeAudioShelfModule } from '../notices/notice-audio.module.ts';
import { HealthController } from './health.controller.ts';
import { HealthReadingRepository } from './health-reading.repository.ts';
import { HealthService } from './health.service.ts';

/** Health as the API shows it. */
@Module({
  imports: [BlockRulesModule, ConfigurationVersionModule, HeadroomModule, NoticeAudioShelfModule],
  controllers: [HealthController],
  providers: [HealthReadingRepository, HealthService],
})
export class HealthModule {}
