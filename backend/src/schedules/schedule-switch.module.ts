import { Module } from '@nestjs/common';
import { ScheduleSwitchRepository } from './schedule-switch.repository.ts';

/** The stored switches alone, for every process. Stands on `PlatformModule`. */
@Module({ providers: [ScheduleSwitchRepository], exports: [ScheduleSwitchRepository] })
export class ScheduleSwitchModule {}
