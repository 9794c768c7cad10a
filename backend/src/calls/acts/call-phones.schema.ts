import { z } from 'zod';
import { PhoneStateName } from '../../phones/phone-state.schema.ts';

export const CallPhone = z
  .object({ id: z.string(), name: z.string(), extension: z.string(), state: PhoneStateName })
  .meta({ id: 'CallPhone' });
export type CallPhone = z.infer<typeof CallPhone>;

/** What a person chooses from who hands a call on or steps into it. */
export const CallPhones = z
  .object({
    /** The phone that talks; null while there is none. */
    talking: CallPhone.nullable(),
    /** Every other phone, in the order of the configuration. */
    others: z.array(CallPhone),
    /** Supervisors of the talking phone's desks. */
    supervisors: z.array(CallPhone),
  })
  .meta({ id: 'CallPhones' });
export type CallPhones = z.infer<typeof CallPhones>;
