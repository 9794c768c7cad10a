import { callLegs } from './call-timeline.ts';
import type { JournalEntry } from './journal.schema.ts';
import type { NamesById } from './reduce-journal.ts';

/** A phone as Asterisk shows it in a conversation. */
export interface PresentPhone {
  phone: string;
  channelId: string;
  /** Whether it has put the others on hold. */
  holding: boolean;
}

/** What happened to a conversation without anybody writing it down. `from`: null when nobody is known to have spoken. */
export type MissedEvent =
  { type: 'held' | 'resumed'; phone: string } | { type: 'taken-over'; from: string | null; by: PresentPhone };

/** @returns phones that take part by the journal, and whether they hold */
export function tellsPresent(journal: readonly JournalEntry[], names: NamesById): Map<string, boolean> {
  const legs = callLegs(journal, null, names).filter(({ endedAt }) => endedAt === null);
  return new Map(legs.flatMap(({ phone, holding }) => (phone ? [[phone.id, holding] as const] : [])));
}

/**
 * Holds the journal of a call against who is in its conversation.
 * @param present phones with whom the channel of the call is connected at the moment
 * @returns what the journal lacks; nothing while nobody is there, because the dialplan tells who has left
 */
export function missedEvents(
  journal: readonly JournalEntry[],
  present: readonly PresentPhone[],
  names: NamesById,
): MissedEvent[] {
  const told = tellsPresent(journal, names);
  const missed: MissedEvent[] = [];
  const [alone] = present;
  // With several phones somebody listens or consults, which is no handing over.
  if (alone && present.length === 1 && !told.has(alone.phone)) {
    const from = [...told.keys()].at(-1) ?? lastPhone(journal);
    missed.push({ type: 'taken-over', from: from === alone.phone ? null : from, by: alone });
  }
  for (const { phone, holding } of present) {
    if (holding !== (told.get(phone) ?? false)) missed.push({ type: holding ? 'held' : 'resumed', phone });
  }
  return missed;
}

function lastPhone(journal: readonly JournalEntry[]): string | null {
  const last = journal.findLast((entry) => entry.e === 'answered' || entry.e === 'transferred');
  if (!last) return null;
  return last.e === 'answered' ? last.phone : last.to;
}
