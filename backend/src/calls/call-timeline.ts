import type { CallLeg, TimelineEntry } from './call.schema.ts';
import { pausesOf } from '../recordings/rules/withheld.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';
import { handedOver } from './talking-phone.ts';
import type { NamesById } from './reduce-journal.ts';

/** Machinery of the box: says nothing to a person who looks at the call. */
const NOT_TOLD = new Set(['channel', 'number', 'e', 'at']);

const NAMED: Partial<Record<string, { name: string; of: keyof NamesById }>> = {
  trunk: { name: 'trunkName', of: 'trunk' },
  line: { name: 'lineName', of: 'line' },
  notice: { name: 'noticeName', of: 'notice' },
  desk: { name: 'deskName', of: 'desk' },
  schedule: { name: 'scheduleName', of: 'schedule' },
  recordingRule: { name: 'recordingRuleName', of: 'recordingRule' },
  phone: { name: 'phoneName', of: 'phone' },
  to: { name: 'toName', of: 'phone' },
};

/** Two writers append to a journal, so its lines can be a little out of order. */
const inOrder = (journal: readonly JournalEntry[]) =>
  journal.toSorted((a, b) => instantOf(a).getTime() - instantOf(b).getTime());

function detailOf(entry: JournalEntry, names: NamesById): Record<string, string> {
  const detail: Record<string, string> = {};
  for (const [key, value] of Object.entries<string>(entry)) {
    if (NOT_TOLD.has(key) || value === '') continue;
    detail[key] = value;
    const naming = NAMED[key];
    const name = naming && names[naming.of](value);
    if (naming && name) detail[naming.name] = name;
  }
  return detail;
}

/** @param startedAt what offsets count from; an entry before it counts as at its start */
export function callTimeline(journal: readonly JournalEntry[], startedAt: Date, names: NamesById): TimelineEntry[] {
  const told = inOrder(journal).map((entry) => ({
    at: instantOf(entry),
    event: entry.e,
    detail: detailOf(entry, names),
  }));
  return [...told, ...resumedByTime(journal)]
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ at, ...rest }) => {
      return { at: at.toISOString(), offsetMs: Math.max(0, at.getTime() - startedAt.getTime()), ...rest };
    });
}

/** A pause that ran out: nobody has to be there to write that down. */
function resumedByTime(journal: readonly JournalEntry[]) {
  const end = journal.find(({ e }) => e === 'end');
  const endedAt = end ? instantOf(end) : new Date();
  const told = journal.filter(({ e }) => e === 'recording-resumed' || e === 'recording-paused' || e === 'end');
  return pausesOf(journal, endedAt)
    .filter(({ to }) => to < endedAt && !told.some((entry) => instantOf(entry).getTime() === to.getTime()))
    .map(({ to }) => ({ at: to, event: 'recording-resumed', detail: { by: 'time' } }));
}

interface Leg {
  party: CallLeg['party'];
  phone: string | null;
  from: Date;
  to: Date | null;
  holding: boolean;
}

/**
 * Who took part, and when: the outside party for the whole call, or from its answer when it was called; each phone from its
 * answer, or since it called or was handed the call, until it left, handed over or the call ended; so, too, a number outside to which the call was forwarded.
 * @param endedAt null while the call is in progress
 */
export function callLegs(journal: readonly JournalEntry[], endedAt: Date | null, names: NamesById): CallLeg[] {
  const [first] = inOrder(journal);
  if (!first) return [];
  const goesOut = first.e === 'begin' && first.direction === 'outgoing';
  const legs: Leg[] = goesOut ? [] : [outsideLeg(instantOf(first))];
  const taken = handedOver(journal);
  const openLeg = (phone: string) => legs.findLast((leg) => leg.phone === phone && leg.to === null);
  for (const entry of inOrder(journal)) {
    const at = instantOf(entry);
    if (entry.e === 'connected') legs.push(outsideLeg(at));
    if ((entry.e === 'answered' || entry.e === 'calling') && !openLeg(entry.phone)) {
      legs.push(phoneLeg(entry.phone, at));
    }
    if (entry.e === 'forwarded') legs.push({ party: 'forward', phone: null, from: at, to: null, holding: false });
    if (entry.e === 'held' || entry.e === 'resumed') hold(openLeg(entry.phone), entry.e === 'held');
    if (entry.e === 'left' || entry.e === 'transferred') closeLeg(openLeg(entry.phone), at);
    if (entry.e === 'transferred' && taken.has(entry) && names.phone(entry.to) !== null && !openLeg(entry.to)) {
      legs.push(phoneLeg(entry.to, at));
    }
  }
  return legs.map((leg) => toCallLeg(leg, endedAt, names));
}

const outsideLeg = (from: Date): Leg => ({ party: 'outside', phone: null, from, to: null, holding: false });

const phoneLeg = (phone: string, from: Date): Leg => ({ party: 'phone', phone, from, to: null, holding: false });

function hold(leg: Leg | undefined, holding: boolean): void {
  if (leg) leg.holding = holding;
}

function closeLeg(leg: Leg | undefined, at: Date): void {
  if (leg) leg.to = at;
}

function toCallLeg({ party, phone, from, to, holding }: Leg, endedAt: Date | null, names: NamesById): CallLeg {
  const end = to ?? endedAt;
  return {
    party,
    phone: phone === null ? null : { id: phone, name: names.phone(phone) ?? phone },
    startedAt: from.toISOString(),
    endedAt: end?.toISOString() ?? null,
    holding: holding && end === null,
  };
}
