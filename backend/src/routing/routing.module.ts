import { Module } from '@nestjs/common';
import { ApprovedRulesRepository } from '../blocklist/approved-rules.repository.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { ScheduleSwitchModule } from '../schedules/schedule-switch.module.ts';
import { RoutingController } from './routing.controller.ts';
import { Simulator } from './simulator.service.ts';

/** The what-if simulator. */
@Module({
  imports: [ConfigurationVersionModule, ScheduleSwitchModule],
  controllers: [RoutingController],
  providers: [ApprovedRulesRepository, Simulator],
})
export class RoutingModule {}
