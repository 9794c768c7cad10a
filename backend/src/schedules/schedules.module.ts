import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { ScheduleSwitchModule } from './schedule-switch.module.ts';
import { ScheduleSwitchService } from './schedule-switch.service.ts';
import { SchedulesController } from './schedules.controller.ts';

/** Switching schedules by hand, as the API shows it. */
@Module({
  imports: [AuditModule, ConfigurationVersionModule, ScheduleSwitchModule],
  controllers: [SchedulesController],
  providers: [ScheduleSwitchService],
})
export class SchedulesModule {}
