import type { ConfigurationDocument } from '../../configuration/configuration.schema.ts';
import { type LongCalls, type LongCallStage, STANDARD_LONG_CALLS } from '../../desks/long-calls.schema.ts';
import { EMERGENCY_NUMBERS } from '../../phones/emergency-numbers.ts';
import { endingArmedUntil } from '../call-ending.ts';
import { instantOf } from '../journal.ts';
import { nationalNumber } from '../number-folding.ts';
import type { JournalEntry } from '../journal.schema.ts';

const MINUTE_MS = 60_000;

/** @returns since when a person has been speaking with the outside party; null when nobody has */
export function answeredAtMs(journal: readonly JournalEntry[]): number | null {
  const answered = journal.find(({ e }) => e === 'answered');
  return answered ? instantOf(answered).getTime() : null;
}

/**
 * What the desk of a call has decided about long calls. The desk that rang counts, also after the call was handed on: the time
 * is the caller's, whoever speaks.
 * @returns null for calls that may last as long as they like: of desks that say so, of no desk, and of numbers that are exempt
 */
export function longCallsOf(
  journal: readonly JournalEntry[],
  document: Pick<ConfigurationDocument, 'desks'>,
  exempt: ReadonlySet<string>,
): LongCalls | null {
  const begin = journal.find((entry) => entry.e === 'begin');
  if (begin?.direction !== 'incoming' || exempt.has(nationalNumber(begin.number))) return null;
  const deskId = journal.findLast((entry) => entry.e === 'ringing')?.desk;
  const desk = document.desks.find(({ id }) => id === deskId);
  return desk ? (desk.longCalls === undefined ? STANDARD_LONG_CALLS : desk.longCalls) : null;
}

/**
 * Emergency services that call back, and the numbers that no rule may block: those of people who speak through the telephone relay
 * service (電話リレーサービス), which takes its time, stand there, because nobody can tell them from others by their digits.
 * @returns numbers in national form
 */
export const exemptNumbers = ({
  neverBlocked = [],
}: Pick<ConfigurationDocument, 'neverBlocked'>): ReadonlySet<string> =>
  new Set([...EMERGENCY_NUMBERS, ...neverBlocked.map(({ number }) => nationalNumber(number))]);

/** As it stands in the journal: `15`, `0.5`. */
export const minutesOf = ({ afterMinutes }: LongCallStage): string => String(afterMinutes);

/**
 * @returns stages that are to be done now, in their order. Of those for the same act only the latest: after a time in which nobody
 * watched, what was missed is not made up for one by one.
 */
export function dueStages(journal: readonly JournalEntry[], { stages }: LongCalls, nowMs: number): LongCallStage[] {
  const since = answeredAtMs(journal);
  if (since === null) return [];
  const due = inOrder(stages).filter(({ afterMinutes }) => since + afterMinutes * MINUTE_MS <= nowMs);
  const latest = due.filter((stage, index) => !due.slice(index + 1).some(({ act }) => act === stage.act));
  return latest.filter((stage) => !isDone(journal, stage));
}

function isDone(journal: readonly JournalEntry[], { act, afterMinutes }: LongCallStage): boolean {
  return journal.some((entry) => entry.e === 'long-call' && entry.act === act && Number(entry.minutes) >= afterMinutes);
}

/** Which notice is played: the first asks, later ones say that the call is about to end. */
export const noticeOf = (journal: readonly JournalEntry[]): 'long-call' | 'long-call-second' =>
  journal.some((entry) => entry.e === 'long-call' && entry.act === 'announce') ? 'long-call-second' : 'long-call';

/** Whether the box is to end a call: it was armed by the box, and nobody has confirmed or cancelled that in time. */
export function endsNow(journal: readonly JournalEntry[], { endsByItself }: LongCalls, nowMs: number): boolean {
  const armed = journal.findLast(({ e }) => e === 'ending-armed');
  const until = endingArmedUntil(journal);
  if (endsByItself !== true || armed?.e !== 'ending-armed' || until === null) return false;
  return !armed.phone && armed.user === undefined && until.getTime() <= nowMs;
}

/** Several looks of the box (`LongCallWatch`). */
const OVERDUE_MS = 5000;

/** Whether the end of a call was armed until some time ago: nothing came of it in time. */
export function isOverdue(journal: readonly JournalEntry[], nowMs: number): boolean {
  const until = endingArmedUntil(journal);
  return until !== null && until.getTime() + OVERDUE_MS <= nowMs;
}

const inOrder = (stages: readonly LongCallStage[]) =>
  stages.toSorted((one, other) => one.afterMinutes - other.afterMinutes);
