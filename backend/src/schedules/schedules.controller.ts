import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { type Asked, Route } from '../platform/http/route.ts';
import { Identifier } from '../platform/schema.ts';
import { ScheduleSwitchChange, ScheduleSwitches, SetScheduleSwitch } from './schedule-switch.schema.ts';
import { ScheduleSwitchService } from './schedule-switch.service.ts';

const ScheduleParams = z.object({ schedule: Identifier });
type ScheduleParams = z.infer<typeof ScheduleParams>;

@Controller()
export class SchedulesController {
  constructor(private readonly switches: ScheduleSwitchService) {}

  @Route({
    method: 'get',
    path: '/schedule-switches',
    access: 'configuration.read',
    summary: 'Schedules that are switched by hand at the moment',
    response: ScheduleSwitches,
  })
  async listScheduleSwitches(): Promise<ScheduleSwitches> {
    return { switches: await this.switches.active() };
  }

  @Route({
    method: 'put',
    path: '/schedule-switches/:schedule',
    access: 'schedules.switch',
    summary: 'Open or close a schedule for a while; ends by itself, and needs no new configuration',
    params: ScheduleParams,
    body: ScheduleSwitchChange,
    response: SetScheduleSwitch,
  })
  async switchSchedule({
    params,
    body,
    who,
    remoteAddress,
  }: Asked & { params: ScheduleParams; body: ScheduleSwitchChange }): Promise<SetScheduleSwitch> {
    return this.switches.set({ ...params, userId: who.userId, remoteAddress }, body);
  }

  @Route({
    method: 'delete',
    path: '/schedule-switches/:schedule',
    access: 'schedules.switch',
    summary: 'Go back to what the schedule says',
    params: ScheduleParams,
    response: null,
  })
  async switchScheduleBack({ params, who, remoteAddress }: Asked & { params: ScheduleParams }): Promise<void> {
    await this.switches.end({ ...params, userId: who.userId, remoteAddress });
  }
}
