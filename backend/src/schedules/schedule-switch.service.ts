import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { filter, firstValueFrom, map, of, timeout } from 'rxjs';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import { endOfDayInJapan } from './japan-time.ts';
import { ScheduleSwitchEntity } from './schedule-switch.entity.ts';
import { ScheduleSwitchRepository } from './schedule-switch.repository.ts';
import type { ScheduleSwitch, ScheduleSwitchChange, SetScheduleSwitch } from './schedule-switch.schema.ts';
import { SwitchTimeOutOfRangeError } from './schedules.errors.ts';

const LONGEST_DAYS = 31;
const DAY_MS = 86_400_000;
/** How long a change waits to hear that the telephone side has it. Not hearing is no failure. */
const TAKEN_OVER_WITHIN_MS = 2000;

const toScheduleSwitch = ({
  schedule,
  openness,
  until,
  setAt,
  setBy,
  setByPhone,
}: ScheduleSwitchEntity): ScheduleSwitch => ({
  schedule,
  openness,
  until: until.toISOString(),
  setAt: setAt.toISOString(),
  setBy,
  setByPhone,
});

export interface Switcher {
  userId: string;
  remoteAddress: string | null;
}

/** Switches a schedule for a while: 「本日はただいまから閉庁」. */
@Injectable()
export class ScheduleSwitchService {
  constructor(
    private readonly switches: ScheduleSwitchRepository,
    private readonly versions: ConfigurationVersionRepository,
    private readonly sender: MessageSender,
    private readonly receiver: MessageReceiver,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async active(): Promise<ScheduleSwitch[]> {
    return (await this.switches.activeAt(this.clock.now())).map(toScheduleSwitch);
  }

  /** @throws NotFoundError when there is no such schedule; SwitchTimeOutOfRangeError */
  async set(change: ScheduleSwitchChange, { userId, remoteAddress }: Switcher): Promise<SetScheduleSwitch> {
    const { schedule } = change;
    const now = this.clock.now();
    const until = change.until === undefined ? endOfDayInJapan(now) : new Date(change.until);
    if (until <= now || until.getTime() - now.getTime() > LONGEST_DAYS * DAY_MS) {
      throw new SwitchTimeOutOfRangeError(LONGEST_DAYS);
    }
    const newest = await this.versions.newest();
    if (!newest?.document.schedules?.some(({ id }) => id === schedule)) throw new NotFoundError();
    const detail = { openness: change.openness, until: until.toISOString() };
    await this.audit.record({ userId, action: 'schedule.switch', subject: schedule, detail, remoteAddress });
    const entity = Object.assign(new ScheduleSwitchEntity(), {
      ...{ schedule, openness: change.openness, until, setAt: now, setBy: userId, setByPhone: null },
    });
    const inForce = await this.takenOver(() => this.switches.put(entity));
    return { ...toScheduleSwitch(entity), inForce };
  }

  /** @throws NotFoundError when it is not switched */
  async end(schedule: string, { userId, remoteAddress }: Switcher): Promise<void> {
    const isSwitched = (await this.switches.activeAt(this.clock.now())).some((one) => one.schedule === schedule);
    if (!isSwitched) throw new NotFoundError();
    await this.audit.record({ userId, action: 'schedule.switch-back', subject: schedule, remoteAddress });
    await this.takenOver(() => this.switches.remove(schedule));
  }

  /** @returns whether the telephone side has read the table since the change */
  private async takenOver(store: () => Promise<unknown>): Promise<boolean> {
    await store();
    const change = randomUUID();
    const takenOver = firstValueFrom(
      this.receiver.messages$.pipe(
        filter((message) => message.kind === 'schedule-switches-applied' && message.changes.includes(change)),
        map(() => true),
        timeout({ first: TAKEN_OVER_WITHIN_MS, with: () => of(false) }),
      ),
    );
    await this.sender.send({ kind: 'schedule-switches', change });
    return takenOver;
  }
}
