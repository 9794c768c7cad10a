import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';

/** How long the end of a call stays armed, waiting for a person to confirm it; the dialplan has the same (`announce`, ending). */
export const ENDING_ARMED_SECONDS = 30;

const OF_ENDING: ReadonlySet<string> = new Set(['ending-armed', 'ending-cancelled', 'ending-confirmed']);

/** Whether a person has confirmed the end and it is being announced; then the call ends. */
export const isEnding = (journal: readonly JournalEntry[]): boolean =>
  journal.findLast(({ e }) => OF_ENDING.has(e) || e === 'announcement-ended')?.e === 'ending-confirmed';

/** @returns until when the end of a call is armed; null when it is not, was confirmed or taken back. It may be over. */
export function endingArmedUntil(journal: readonly JournalEntry[]): Date | null {
  const last = journal.findLast(({ e }) => OF_ENDING.has(e));
  return last?.e === 'ending-armed' ? new Date(instantOf(last).getTime() + ENDING_ARMED_SECONDS * 1000) : null;
}
