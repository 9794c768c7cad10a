import { z } from 'zod';
import { Identifier, Instant } from '../platform/schema.ts';

/** 臨時の開閉: `openness` until an instant, whatever the schedule says. */
export const ScheduleSwitch = z
  .object({
    schedule: Identifier,
    openness: z.enum(['open', 'closed']),
    until: Instant,
    setAt: Instant,
    setBy: z.string().nullable(),
    /** Id of the phone that switched it by its code. */
    setByPhone: z.string().nullable(),
  })
  .meta({ id: 'ScheduleSwitch' });
export type ScheduleSwitch = z.infer<typeof ScheduleSwitch>;

export const ScheduleSwitches = z.object({ switches: z.array(ScheduleSwitch) }).meta({ id: 'ScheduleSwitches' });
export type ScheduleSwitches = z.infer<typeof ScheduleSwitches>;

/** Without `until` it ends with the day, Japan time. */
export const ScheduleSwitchChange = z
  .strictObject({ schedule: Identifier, openness: z.enum(['open', 'closed']), until: Instant.optional() })
  .meta({ id: 'ScheduleSwitchChange' });
export type ScheduleSwitchChange = z.infer<typeof ScheduleSwitchChange>;

export const ScheduleSwitchEnd = z.strictObject({ schedule: Identifier }).meta({ id: 'ScheduleSwitchEnd' });
export type ScheduleSwitchEnd = z.infer<typeof ScheduleSwitchEnd>;

/** `inForce: false` = stored, but the telephone side has not answered; it takes the switch over as soon as it can. */
export const SetScheduleSwitch = ScheduleSwitch.extend({ inForce: z.boolean() }).meta({ id: 'SetScheduleSwitch' });
export type SetScheduleSwitch = z.infer<typeof SetScheduleSwitch>;
