import type { JournalEntry } from './journal.schema.ts';

/** @returns id of the phone that is in the conversation by a call's journal; null when there is none */
export function talkingPhone(journal: readonly JournalEntry[]): string | null {
  let phone: string | null = null;
  for (const entry of journal) {
    if (entry.e === 'answered' || entry.e === 'connected') phone = entry.phone;
    else if (entry.e === 'transferred') phone = entry.to;
    else if (entry.e === 'parked' || (entry.e === 'left' && entry.phone === phone)) phone = null;
  }
  return phone;
}

/** @returns the place where a call is parked; null when it is not */
export function parkedAt(journal: readonly JournalEntry[]): string | null {
  const last = journal.findLast(({ e }) => e === 'parked' || e === 'unparked' || e === 'end');
  return last?.e === 'parked' ? last.slot : null;
}
