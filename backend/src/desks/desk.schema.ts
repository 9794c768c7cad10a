import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';
import { LongCalls } from './long-calls.schema.ts';

/** `all` = together; the others one after the other: as listed, taking turns, or who has waited longest first. */
export const RingStrategy = z.enum(['all', 'in-order', 'round-robin', 'least-recent']).meta({ id: 'RingStrategy' });
export type RingStrategy = z.infer<typeof RingStrategy>;

/** 窓口: a department that is rung as one, for `ringSeconds` in all. */
export const Desk = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    members: z.array(Identifier).min(1, '電話機を1台以上選んでください').max(50),
    ringSeconds: z.int().min(5).max(300).default(60),
    /** Absent = `all`. */
    strategy: RingStrategy.optional(),
    /** How long one phone rings when they ring one after the other; absent = 15 s. */
    memberSeconds: z.int().min(5).max(120).optional(),
    /** null = calls may last as long as they like; absent = `STANDARD_LONG_CALLS`. */
    longCalls: LongCalls.nullable().optional(),
    /**
     * Phones that may listen to conversations of the members' phones, whisper to them and join. Absent = none.
     */
    supervisors: z.array(Identifier).max(20).optional(),
    /** `required` = the desk is only rung by flows that have played a notice before. Absent = `none`. */
    notice: z.enum(['required', 'none']).optional(),
    /** 着信番号 that the desk's phones show when they call outside; absent = that of `outgoing`. */
    line: Identifier.optional(),
    /**
     * 告知 that is played to whom the desk's phones call outside, once they answer; never in emergency calls. A phone of several
     * desks goes by the first. Absent = none.
     */
    outgoingNotice: Identifier.optional(),
  })
  .meta({ id: 'Desk' });
export type Desk = z.infer<typeof Desk>;

const MEMBER_SECONDS = 15;

/** How a desk is rung, with what is not said filled in. */
export const ringPlanOf = ({ strategy = 'all', memberSeconds = MEMBER_SECONDS, ringSeconds }: Desk) => ({
  strategy,
  memberSeconds: Math.min(memberSeconds, ringSeconds),
  ringSeconds,
});

/** Whether a phone may be at the conversations of another: as a supervisor of one of its desks, never of itself. */
export const isSupervisorOf = (desks: readonly Desk[], supervisor: string, phone: string): boolean =>
  supervisor !== phone &&
  desks.some(({ members, supervisors = [] }) => members.includes(phone) && supervisors.includes(supervisor));
