import { Module } from '@nestjs/common';
import { ConfigurationController } from './configuration.controller.ts';
import { ConfigurationHistoryController } from './configuration-history.controller.ts';
import { ConfigurationHistory } from './configuration-history.service.ts';
import { ConfigurationService } from './configuration.service.ts';
import { ConfigurationVersionModule } from './configuration-version.module.ts';

/** The configuration document as the API shows and changes it. */
@Module({
  imports: [ConfigurationVersionModule],
  controllers: [ConfigurationController, ConfigurationHistoryController],
  providers: [ConfigurationHistory, ConfigurationService],
})
export class ConfigurationModule {}
