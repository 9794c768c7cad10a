import { Controller } from '@nestjs/common';
import { type Asked, Route } from '../platform/http/route.ts';
import {
  ScheduleSwitchChange,
  ScheduleSwitchEnd,
  ScheduleSwitches,
  SetScheduleSwitch,
} from './schedule-switch.schema.ts';
import { ScheduleSwitchService } from './schedule-switch.service.ts';

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
    method: 'post',
    path: '/schedule-switches',
    access: 'schedules.switch',
    summary: 'Open or close a schedule for a while; ends by itself, and needs no new configuration',
    body: ScheduleSwitchChange,
    response: SetScheduleSwitch,
  })
  async switchSchedule({
    body,
    who,
    remoteAddress,
  }: Asked & { body: ScheduleSwitchChange }): Promise<SetScheduleSwitch> {
    return this.switches.set(body, { userId: who.userId, remoteAddress });
  }

  @Route({
    method: 'post',
    path: '/schedule-switches/end',
    access: 'schedules.switch',
    summary: 'Go back to what the schedule says',
    body: ScheduleSwitchEnd,
    response: null,
  })
  async switchScheduleBack({ body, who, remoteAddress }: Asked & { body: ScheduleSwitchEnd }): Promise<void> {
    await this.switches.end(body.schedule, { userId: who.userId, remoteAddress });
  }
}
