import { z } from 'zod';
import { BlockActionType } from '../blocklist/block-rule.schema.ts';
import { LongCallAct } from '../desks/long-calls.schema.ts';
import { Instant } from '../platform/schema.ts';
import { RecordingSummary } from '../recordings/recording.schema.ts';
import { Presentation } from './journal.schema.ts';

export const CallState = z.enum(['arriving', 'announcing', 'ringing', 'talking', 'ended']).meta({ id: 'CallState' });
export type CallState = z.infer<typeof CallState>;

/**
 * answered = spoke with a phone, or was reached by one; forwarded = with a number outside; message = left one; unanswered = rung, nobody took it;
 * abandoned = caller left before an answer; closed = told that the office is closed.
 */
export const CallOutcome = z
  .enum(['answered', 'forwarded', 'message', 'unanswered', 'abandoned', 'closed', 'refused', 'failed'])
  .meta({ id: 'CallOutcome' });
export type CallOutcome = z.infer<typeof CallOutcome>;

/**
 * Whether the spool file of a call in progress exists and grows: measured, not assumed. paused = somebody paused the
 * recording; off = a recording rule says that nothing of the call may be recorded.
 */
export const RecorderHealth = z
  .enum(['waiting', 'growing', 'stalled', 'stopped', 'paused', 'off'])
  .meta({ id: 'RecorderHealth' });
export type RecorderHealth = z.infer<typeof RecorderHealth>;

export const CallSummary = z
  .object({
    id: z.uuid(),
    direction: z.enum(['incoming', 'outgoing', 'internal']),
    /** The outside party's number in national form; null when withheld or not known. */
    number: z.string().nullable(),
    presentation: Presentation,
    line: z.object({ id: z.string(), name: z.string() }).nullable(),
    dialled: z.string(),
    desk: z.object({ id: z.string(), name: z.string() }).nullable(),
    phone: z.object({ id: z.string(), name: z.string() }).nullable(),
    state: CallState,
    outcome: CallOutcome.nullable(),
    /** The caller has left a message and nobody has spoken with them. */
    callbackRequested: z.boolean(),
    /** Marked as harassment (カスハラ) by a phone or a user. */
    marked: z.boolean(),
    /** A phone has called 110, 118 or 119. */
    emergency: z.boolean(),
    /** Stable id of why a call was refused or failed, e.g. `unknown-line`. */
    reason: z.string().nullable(),
    /** The block rule (着信規制) that caught the call, and what it did. */
    blockRule: z.object({ id: z.uuid(), action: BlockActionType }).nullable(),
    startedAt: Instant,
    answeredAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    durationMs: z.int().nullable(),
    /** `fallback` = the call was carried by the generated dialplan with no backend. */
    handledBy: z.enum(['backend', 'fallback']).nullable(),
    recorder: RecorderHealth,
    recording: RecordingSummary.nullable(),
  })
  .meta({ id: 'CallSummary' });
export type CallSummary = z.infer<typeof CallSummary>;

export const TimelineEntry = z
  .object({
    at: Instant,
    /** Milliseconds from the start of the call. */
    offsetMs: z.int(),
    event: z.string(),
    /** Names and ids of the event, e.g. `{ phone: 'p201', phoneName: '市民課1' }`. */
    detail: z.record(z.string(), z.string()),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const CallLeg = z
  .object({
    /** `forward` = a number outside to which the call was forwarded. */
    party: z.enum(['outside', 'phone', 'forward']),
    phone: z.object({ id: z.string(), name: z.string() }).nullable(),
    startedAt: Instant,
    endedAt: Instant.nullable(),
    /** Whether this phone has put the others on hold. */
    holding: z.boolean(),
  })
  .meta({ id: 'CallLeg' });
export type CallLeg = z.infer<typeof CallLeg>;

export const CallDetail = CallSummary.extend({
  legs: z.array(CallLeg),
  timeline: z.array(TimelineEntry),
}).meta({ id: 'CallDetail' });
export type CallDetail = z.infer<typeof CallDetail>;

/**
 * Search of calls, newest first. `number` matches any part of the digits; hyphens, spaces and full-width digits are
 * folded before matching. `cursor` is the `nextCursor` of the page before.
 */
export const CallSearch = z
  .strictObject({
    from: Instant.optional(),
    to: Instant.optional(),
    number: z.string().trim().max(30).optional(),
    line: z.string().max(40).optional(),
    outcome: CallOutcome.optional(),
    callbackRequested: z.boolean().optional(),
    marked: z.boolean().optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  })
  .meta({ id: 'CallSearch' });
export type CallSearch = z.infer<typeof CallSearch>;

export const CallPage = z
  .object({ calls: z.array(CallSummary), nextCursor: z.string().nullable() })
  .meta({ id: 'CallPage' });
export type CallPage = z.infer<typeof CallPage>;

/** What the live stream (`GET /api/v1/events`, server-sent events) carries: `event: call`, `data: LiveCall`. */
export const LiveCall = CallSummary.extend({
  /** Who takes part at this moment; nobody once the call has ended. */
  legs: z.array(CallLeg),
  /** What was done last because the call lasts long; null when nothing was. */
  longCall: z.object({ act: LongCallAct, minutes: z.number(), at: Instant }).nullable(),
  /** The place where it waits to be picked up; null when it is not parked. */
  parkedAt: z.string().nullable(),
  /** Until when its end can be confirmed; null when it is not armed. It may have passed. */
  endingArmedUntil: Instant.nullable(),
  /** A recording rule keeps what is recorded on demand only, and nobody has asked for it yet. */
  awaitsKeeping: z.boolean(),
}).meta({ id: 'LiveCall' });
export type LiveCall = z.infer<typeof LiveCall>;

export const LiveCalls = z.object({ calls: z.array(LiveCall) }).meta({ id: 'LiveCalls' });
export type LiveCalls = z.infer<typeof LiveCalls>;
