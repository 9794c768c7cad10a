import { z } from 'zod';
import { LongCallAct } from '../desks/long-calls.schema.ts';
import { RecordingChoice } from '../recordings/rules/recording-rule.schema.ts';
import { CallDirection } from './call-direction.ts';

/**
 * The journal of a call: `spool/<call>.jsonl`, one JSON object a line, appended by the dialplan (`FILE()`, so it is
 * written with no backend running) and by the telephony process. It is the whole truth about a call until the call is
 * filed; rows in Postgres are derived from it by `reduceJournal` and can be derived again.
 *
 * `at` is seconds since the epoch as a string with three decimals, which is what Asterisk's STRFTIME gives.
 */
const At = z.string().regex(/^\d{9,11}\.\d{3}$/);

export const Presentation = z.enum(['shown', 'withheld', 'payphone', 'unavailable']).meta({ id: 'Presentation' });
export type Presentation = z.infer<typeof Presentation>;

export const RefusalReason = z
  .enum(['unknown-line', 'invalid-request', 'blocked', 'outside-not-allowed'])
  .meta({ id: 'RefusalReason' });
export type RefusalReason = z.infer<typeof RefusalReason>;

/** `later` = it happened before `at`, while nobody watched. */
const Found = z.enum(['later']).optional();

const entry = <E extends string, S extends z.core.$ZodLooseShape>(event: E, shape: S) =>
  z.object({ e: z.literal(event), at: At, ...shape });

/** Who did it in the conversation: a phone by its code, or a user of the console. */
const Doer = { phone: z.string().optional(), user: z.string().optional(), userName: z.string().optional() };

export const JournalEntry = z.discriminatedUnion('e', [
  /** First line, always. `number` is empty unless `presentation` is `shown`; `line` is empty when unknown. */
  entry('begin', {
    direction: CallDirection,
    trunk: z.string(),
    line: z.string(),
    dialled: z.string(),
    number: z.string(),
    presentation: Presentation,
    channel: z.string(),
  }),
  /** MixMonitor was asked to write `<call>.raw` (it may still have failed: telephony.md 0.7). */
  entry('recorder', {}),
  /**
   * The recording rule that holds from here on; what holds when the first phone answers holds for all before it, too. No line:
   * every call is recorded.
   */
  entry('recording-rule', { recordingRule: z.string(), recording: RecordingChoice }),
  /** Nothing is recorded from here on, for so many seconds at most. */
  entry('recording-paused', { seconds: z.string(), ...Doer }),
  entry('recording-resumed', { by: z.enum(['phone', 'user', 'transfer']), ...Doer }),
  /** Somebody asked for a recording to be kept that would not be otherwise. */
  entry('recording-kept', Doer),
  /** A telephony process claimed the call. */
  entry('claimed', {}),
  /** Nobody claimed or kept the lease: the fallback dialplan took the call. */
  entry('fallback', { reason: z.enum(['unclaimed', 'lease-expired', 'failed']) }),
  /** The box answered the outside party (billing starts). */
  entry('accepted', {}),
  entry('notice', { notice: z.string() }),
  entry('notice-ended', { notice: z.string() }),
  /** The schedule was asked; `rule` is what decided, `openness` how. */
  entry('schedule', { schedule: z.string(), openness: z.string(), rule: z.string() }),
  /** A menu begins, at the flow node of this name. */
  entry('menu', { menu: z.string() }),
  /** Keys of a choice. Others are never written down: callers type account numbers into the wrong menu. */
  entry('menu-keys', { menu: z.string(), keys: z.string() }),
  /** Keys that mean nothing in the menu; no keys; nothing chosen in the end. */
  entry('menu-invalid', { menu: z.string() }),
  entry('menu-no-key', { menu: z.string() }),
  entry('menu-left', { menu: z.string() }),
  /** The caller leaves a message (用件) from here on; a silence of so many seconds ends it. */
  entry('message', { node: z.string(), silence: z.string() }),
  entry('message-ended', { node: z.string(), by: z.enum(['key', 'silence', 'limit', 'caller', 'failed']) }),
  /** A number outside is called; it answers, or it does not (`status` as of `unanswered`). */
  entry('forwarding', { node: z.string(), to: z.string() }),
  entry('forwarded', { node: z.string() }),
  entry('not-forwarded', { node: z.string(), status: z.string() }),
  entry('ringing', { desk: z.string() }),
  /** Outgoing calls: which phone calls; a trunk is tried, showing the number of a line; it fails; somebody answers. */
  entry('calling', { phone: z.string() }),
  entry('emergency', { number: z.string() }),
  entry('dialling', { trunk: z.string(), line: z.string(), withheld: z.enum(['yes', 'no']) }),
  /** `sip` is the status of the refusal, empty when there was none. */
  entry('not-connected', { trunk: z.string(), status: z.string(), sip: z.string() }),
  /** `channel` is the trunk's, whose call it is from now on. */
  entry('connected', { phone: z.string(), channel: z.string() }),
  /** A phone answered. */
  entry('answered', { phone: z.string() }),
  /** Ringing ended without an answer; `status` is Asterisk's DIALSTATUS. */
  entry('unanswered', { desk: z.string(), status: z.string() }),
  /** A phone left the conversation. */
  entry('left', { phone: z.string() }),
  /** Marked as harassment, by a phone or by a user; taken back. */
  entry('marked', Doer),
  entry('unmarked', Doer),
  entry('held', { phone: z.string(), found: Found }),
  entry('resumed', { phone: z.string(), found: Found }),
  /** The phone calls the phone `to` to ask whether it takes the call (`*7`); that one did not answer (`status` as of `unanswered`). */
  entry('asking', { phone: z.string(), to: z.string() }),
  entry('not-reached', { phone: z.string(), status: z.string() }),
  entry('transferred', { phone: z.string(), to: z.string() }),
  /** A block rule caught the call; `action` is what it says (着信規制). Turned away = `refused` follows. */
  entry('blocked', { rule: z.string(), action: z.string() }),
  /** The call has lasted so many minutes, and this was done (`desks/long-calls.schema.ts`), or could not be. */
  entry('long-call', { act: LongCallAct, minutes: z.string(), failed: z.literal('yes').optional() }),
  /** A user of the console asked for what comes next; what phones ask for says so itself. */
  entry('asked', { act: z.string(), user: z.string(), userName: z.string() }),
  /** A voice speaks to both sides; `heard`: whole, or cut because they had gone. */
  entry('announcement', { notice: z.string(), phone: z.string() }),
  entry('announcement-ended', { notice: z.string(), heard: z.enum(['whole', 'cut', 'failed']) }),
  /** The end of the call stands ready for a person to confirm (`calls/call-ending.ts`). */
  entry('ending-armed', Doer),
  entry('ending-cancelled', Doer),
  entry('ending-confirmed', Doer),
  /** The caller hears music at a numbered place until a phone takes the call or the time is over. */
  entry('parked', { slot: z.string(), phone: z.string() }),
  entry('unparked', { by: z.enum(['phone', 'timeout']) }),
  /** A supervisor (`phone`) at the conversation of the phone `to`. */
  entry('supervision', { mode: z.enum(['listen', 'whisper', 'join']), phone: z.string(), to: z.string() }),
  entry('supervision-ended', { phone: z.string() }),
  /** Because the call lasts long a supervisor's phone rings; who answers is told; nobody does (`status` as of `unanswered`). */
  entry('supervisor-rung', { phone: z.string() }),
  entry('supervisor-told', { phone: z.string() }),
  entry('supervisors-missed', { status: z.string() }),
  entry('refused', { reason: RefusalReason }),
  /** Something went wrong that a person should see on the call. */
  entry('fault', { reason: z.string() }),
  /** Last line. `cause` is Q.850; `by: lost` = found without a living channel after a restart. */
  entry('end', { cause: z.string(), by: z.enum(['caller', 'office', 'box', 'lost']) }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;
export type JournalEvent = JournalEntry['e'];
