import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { HealthReadingRepository } from '../health/health-reading.repository.ts';
import { PhoneSettingsService } from './phone-settings.service.ts';
import { PhonesController } from './phones.controller.ts';

/** Phones as the API shows them. */
@Module({
  imports: [AuditModule, ConfigurationVersionModule],
  controllers: [PhonesController],
  providers: [HealthReadingRepository, PhoneSettingsService],
  exports: [PhoneSettingsService],
})
export class PhonesModule {}
