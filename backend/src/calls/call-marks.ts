import type { JournalEntry } from './journal.schema.ts';

/** Whether a call is marked as harassment (カスハラ): what was said last counts. */
export const isMarked = (journal: readonly JournalEntry[]): boolean =>
  journal.findLast(({ e }) => e === 'marked' || e === 'unmarked')?.e === 'marked';
