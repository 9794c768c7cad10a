import { Injectable } from '@nestjs/common';
import { filter, type Observable } from 'rxjs';
import { AmiCommands } from '../asterisk/ami-commands.ts';
import { AriConnection } from '../asterisk/ari-connection.ts';
import { SWITCH_BY_PHONE_FAMILY } from '../asterisk/dialplan-names.ts';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { Logger } from '../platform/logging.ts';
import { ScheduleSwitchEntity } from './schedule-switch.entity.ts';
import { ScheduleSwitchRepository } from './schedule-switch.repository.ts';

export interface PhoneSwitch {
  schedule: string;
  /** `normal` = back to what the schedule says. */
  openness: 'closed' | 'normal';
  until: Date;
  phone: string;
  at: Date;
}

/** As context schedule-code of the dialplan writes them. @returns null for what is no such entry */
export function readPhoneSwitch(key: string, value: string): PhoneSwitch | null {
  const [, schedule, at] = /^([a-z0-9-]{1,40})\.(\d{1,14})$/.exec(key) ?? [];
  const [, openness, until, phone] = /^(closed|normal)\/(\d{1,11})\/([a-z0-9-]{1,40})$/.exec(value) ?? [];
  if ((openness !== 'closed' && openness !== 'normal') || schedule === undefined || phone === undefined) return null;
  return { schedule, openness, until: new Date(Number(until) * 1000), phone, at: new Date(Number(at)) };
}

/**
 * Takes what phones have switched into the table, which is the truth: the dialplan did it by itself, maybe with no backend and
 * hours ago. What was switched later by somebody else stays.
 */
@Injectable()
export class PhoneSwitches {
  /** A phone has just switched a schedule. */
  readonly switched$: Observable<unknown>;

  constructor(
    connection: AriConnection,
    private readonly commands: AmiCommands,
    private readonly switches: ScheduleSwitchRepository,
    private readonly audit: AuditTrail,
    private readonly logger: Logger,
  ) {
    this.switched$ = connection.events$.pipe(filter(({ type }) => type === 'schedule-switched'));
  }

  /** Killed in between, it does the rest the next time, and nothing twice. @throws what the database or Asterisk throws */
  async takeIn(): Promise<void> {
    const entries = [...(await this.commands.kept(SWITCH_BY_PHONE_FAMILY))];
    const pressed = entries.map(([key, value]) => ({ key, press: readPhoneSwitch(key, value) }));
    pressed.sort((one, other) => (one.press?.at.getTime() ?? 0) - (other.press?.at.getTime() ?? 0));
    for (const { key, press } of pressed) {
      if (press) await this.store(press);
      else this.logger.warn({ key }, 'switch of a phone not understood');
      await this.commands.forget(SWITCH_BY_PHONE_FAMILY, key);
    }
  }

  private async store({ schedule, openness, until, phone, at }: PhoneSwitch): Promise<void> {
    const before = await this.switches.of(schedule);
    if (before && before.setAt >= at) return;
    const how = { userId: null, subject: schedule };
    if (openness === 'normal') {
      if (!before) return;
      await this.audit.record({ ...how, action: 'schedule.switch-back', detail: { phone } });
      await this.switches.remove(schedule);
      return;
    }
    const detail = { openness, until: until.toISOString(), phone };
    await this.audit.record({ ...how, action: 'schedule.switch', detail });
    const entity = { schedule, openness, until, setAt: at, setBy: null, setByPhone: phone };
    await this.switches.put(Object.assign(new ScheduleSwitchEntity(), entity));
  }
}
