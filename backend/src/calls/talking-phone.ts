import type { JournalEntry } from './journal.schema.ts';

/**
 * @returns the lines `transferred` with which a phone has the call at once, because it was asked before. Handed on unasked, it has yet
 * to answer; then who hands on is told to have left, just before or just after that line.
 */
export function handedOver(journal: readonly JournalEntry[]): ReadonlySet<JournalEntry> {
  const over = new Set<JournalEntry>();
  const there = new Set<string>();
  let last: Extract<JournalEntry, { e: 'transferred' }> | null = null;
  for (const entry of journal) {
    if (entry.e === 'answered' || entry.e === 'calling' || entry.e === 'connected') there.add(entry.phone);
    else if (entry.e === 'left' && !there.delete(entry.phone) && last?.phone === entry.phone) over.delete(last);
    else if (entry.e === 'transferred' && there.delete(entry.phone)) {
      over.add((last = entry));
      there.add(entry.to);
    }
  }
  return over;
}

/** @returns id of the phone that is in the conversation by a call's journal; null when there is none, or one that only rings */
export function talkingPhone(journal: readonly JournalEntry[]): string | null {
  const over = handedOver(journal);
  let phone: string | null = null;
  for (const entry of journal) {
    if (entry.e === 'answered' || entry.e === 'connected') phone = entry.phone;
    else if (entry.e === 'transferred') phone = over.has(entry) ? entry.to : null;
    else if (entry.e === 'parked' || (entry.e === 'left' && entry.phone === phone)) phone = null;
  }
  return phone;
}

/** @returns the place where a call is parked; null when it is not */
export function parkedAt(journal: readonly JournalEntry[]): string | null {
  const last = journal.findLast(({ e }) => e === 'parked' || e === 'unparked' || e === 'end');
  return last?.e === 'parked' ? last.slot : null;
}
