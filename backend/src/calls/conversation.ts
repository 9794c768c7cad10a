import { callLegs } from './call-timeline.ts';
import type { JournalEntry } from './journal.schema.ts';
import type { NamesById } from './reduce-journal.ts';

/** A phone as Asterisk shows it in a conversation. */
export interface PresentPhone {
  phone: string;
  /** Whether it has put the others on hold. */
  holding: boolean;
}

/** @returns phones that take part by the journal, and whether they hold */
export function tellsPresent(journal: readonly JournalEntry[], names: NamesById): Map<string, boolean> {
  const legs = callLegs(journal, null, names).filter(({ endedAt }) => endedAt === null);
  return new Map(legs.flatMap(({ phone, holding }) => (phone ? [[phone.id, holding] as const] : [])));
}

/** What happened to a conversation without anybody writing it down. */
export interface MissedEvent {
  type: 'held' | 'resumed';
  phone: string;
}

/**
 * Holds the journal of a call against who is in its conversation.
 * @param present phones with whom the channel of the call is connected at the moment
 * @returns what the journal lacks about holding; who comes and goes the dialplan tells
 */
export function missedEvents(
  journal: readonly JournalEntry[],
  present: readonly PresentPhone[],
  names: NamesById,
): MissedEvent[] {
  const told = tellsPresent(journal, names);
  return present
    .filter(({ phone, holding }) => told.has(phone) && told.get(phone) !== holding)
    .map(({ phone, holding }) => ({ type: holding ? 'held' : 'resumed', phone }));
}

/** Whether both sides are just hearing something. */
export const isAnnouncing = (journal: readonly JournalEntry[]): boolean =>
  journal.findLast(({ e }) => e === 'announcement' || e === 'announcement-ended')?.e === 'announcement';
