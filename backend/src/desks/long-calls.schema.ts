import { z } from 'zod';

/**
 * What is done when a call has lasted for a while: `tell-staff` = a sentence that only the phone hears; `tell-supervisor` = on the live
 * board, and by ringing the phones of supervisors; `announce` = a notice that both sides hear; `arm-ending` = the end stands ready for a person to confirm.
 */
export const LongCallAct = z
  .enum(['tell-staff', 'tell-supervisor', 'announce', 'arm-ending'])
  .meta({ id: 'LongCallAct' });
export type LongCallAct = z.infer<typeof LongCallAct>;

/** Counted from the first answer by a person, however often the call is held or handed on. */
export const LongCallStage = z
  .strictObject({ afterMinutes: z.number().min(0.01).max(600), act: LongCallAct })
  .meta({ id: 'LongCallStage' });
export type LongCallStage = z.infer<typeof LongCallStage>;

/** 長時間通話: what happens to calls of a desk that last long. */
export const LongCalls = z
  .strictObject({
    stages: z.array(LongCallStage).max(12),
    /** What nobody has confirmed or cancelled while it was armed, the box announces and ends. Absent = only a person ends calls. */
    endsByItself: z.boolean().optional(),
    /**
     * At `tell-supervisor` the supervisors' phones ring: all that are free, until one answers. `false` = they are told on the live
     * board alone. Absent = `true`.
     */
    supervisorsRing: z.boolean().optional(),
  })
  .meta({ id: 'LongCalls' });
export type LongCalls = z.infer<typeof LongCalls>;

/** For desks that say nothing of it. */
export const STANDARD_LONG_CALLS: LongCalls = {
  stages: [
    { afterMinutes: 15, act: 'tell-staff' },
    { afterMinutes: 30, act: 'tell-supervisor' },
    { afterMinutes: 60, act: 'announce' },
    { afterMinutes: 60, act: 'arm-ending' },
  ],
};
