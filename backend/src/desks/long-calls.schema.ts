import { z } from 'zod';

/**
 * What is done when a call has lasted for a while: `tell-staff` = a sentence that only the phone hears; `tell-supervisor` = on the live
 * board.
 */
export const LongCallAct = z.enum(['tell-staff', 'tell-supervisor']).meta({ id: 'LongCallAct' });
export type LongCallAct = z.infer<typeof LongCallAct>;

/** Counted from the first answer by a person, however often the call is held or handed on. */
export const LongCallStage = z
  .strictObject({ afterMinutes: z.number().min(0.01).max(600), act: LongCallAct })
  .meta({ id: 'LongCallStage' });
export type LongCallStage = z.infer<typeof LongCallStage>;

/** 長時間通話: what happens to calls of a desk that last long. */
export const LongCalls = z.strictObject({ stages: z.array(LongCallStage).max(12) }).meta({ id: 'LongCalls' });
export type LongCalls = z.infer<typeof LongCalls>;

/** For desks that say nothing of it. */
export const STANDARD_LONG_CALLS: LongCalls = {
  stages: [
    { afterMinutes: 15, act: 'tell-staff' },
    { afterMinutes: 30, act: 'tell-supervisor' },
    { afterMinutes: 60, act: 'tell-supervisor' },
  ],
};
