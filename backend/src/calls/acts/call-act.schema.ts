import { z } from 'zod';
import { Identifier } from '../../platform/schema.ts';

/** What can be asked of a call in progress. Each kind has one handler in the telephony process (`CallActHandlers`). */
export const CallAct = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('mark') }),
  z.strictObject({ type: z.literal('unmark') }),
  z.strictObject({ type: z.literal('keep-recording') }),
  z.strictObject({ type: z.literal('pause-recording') }),
  z.strictObject({ type: z.literal('resume-recording') }),
  z.strictObject({ type: z.literal('warn'), warning: z.enum(['recording', 'final']) }),
  z.strictObject({ type: z.literal('arm-ending') }),
  z.strictObject({ type: z.literal('cancel-ending') }),
  z.strictObject({ type: z.literal('confirm-ending') }),
  /** To another phone, at once or after a word with it. */
  z.strictObject({ type: z.literal('transfer'), to: Identifier, askFirst: z.boolean() }),
  z.strictObject({ type: z.literal('park') }),
  z.strictObject({ type: z.literal('pick-up'), phone: Identifier }),
  z.strictObject({ type: z.literal('supervise'), phone: Identifier, mode: z.enum(['listen', 'whisper', 'join']) }),
]);
export type CallAct = z.infer<typeof CallAct>;
export type CallActType = CallAct['type'];
export type CallActOf<T extends CallActType> = Extract<CallAct, { type: T }>;

/** Who asks. The name is kept in the call's journal as it was then. */
export const Asker = z.strictObject({ userId: z.uuid(), name: z.string() });
export type Asker = z.infer<typeof Asker>;

/** Why an act was not done, as the telephony process answers; `call-act.errors.ts` says it to people. */
export const CALL_ACT_REFUSALS = [
  'call-over',
  'not-in-conversation',
  'not-recorded',
  'not-parked',
  'ending-not-armed',
  'ending-under-way',
  'announcing',
  'emergency-call',
  'phone-unknown',
  'not-a-supervisor',
  'call-act-failed',
] as const;
export type CallActRefusal = (typeof CALL_ACT_REFUSALS)[number];
export const CallActAnswer = z.enum(['done', ...CALL_ACT_REFUSALS]);
export type CallActAnswer = z.infer<typeof CallActAnswer>;
