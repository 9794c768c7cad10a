import { z } from 'zod';
import { BlockActionType } from '../blocklist/block-rule.schema.ts';
import type { CallEntity } from './call.entity.ts';
import { isMarked } from './call-marks.ts';
import type { CallOutcome, CallState } from './call.schema.ts';
import { nationalNumber } from './number-folding.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry, JournalEvent } from './journal.schema.ts';
import { handedOver } from './talking-phone.ts';
import { outcomeOfOutgoing, reasonOfOutgoing } from './outgoing-outcome.ts';

/** What a call's row says that follows from its journal. */
export type CallFacts = Omit<CallEntity, 'recorder' | 'journal'>;

/** Names of configured things as they are when the call is filed; null when the thing is not known. */
export interface NamesById {
  trunk(id: string): string | null;
  line(id: string): string | null;
  desk(id: string): string | null;
  phone(id: string): string | null;
  schedule(id: string): string | null;
  notice(id: string): string | null;
  recordingRule(id: string): string | null;
}

type EntryOf<E extends JournalEvent> = Extract<JournalEntry, { e: E }>;

/** Where an event takes a call that has not ended. Events not named leave it where it is. */
const STATE_AFTER: Partial<Record<JournalEvent, CallState>> = {
  notice: 'announcing',
  menu: 'announcing',
  message: 'announcing',
  ringing: 'ringing',
  forwarding: 'ringing',
  answered: 'talking',
  forwarded: 'talking',
  dialling: 'ringing',
  connected: 'talking',
  unanswered: 'arriving',
  'not-forwarded': 'arriving',
  end: 'ended',
};

/** DIALSTATUS values that mean no phone could be reached at all. */
const UNREACHABLE = new Set(['CHANUNAVAIL', 'CONGESTION']);

/**
 * Derives a call from its journal.
 * @returns null for a journal without a line: nothing is known yet, not even when the call began
 */
export function reduceJournal(callId: string, entries: readonly JournalEntry[], names: NamesById): CallFacts | null {
  const [first] = entries;
  if (!first) return null;
  const begin = firstOf(entries, 'begin');
  const end = firstOf(entries, 'end');
  const dialling = lastOf(entries, 'dialling');
  const lineId = firstSaid(dialling?.line, begin?.line);
  const deskId = lastOf(entries, 'ringing')?.desk ?? null;
  const phoneId = phoneOf(entries, names);
  const startedAt = instantOf(begin ?? first);
  return {
    id: callId,
    direction: begin?.direction ?? 'incoming',
    number: begin ? outsideNumber(begin) : null,
    presentation: begin?.presentation ?? 'unavailable',
    trunkId: firstSaid(begin?.trunk, dialling?.trunk) ?? '',
    lineId,
    lineName: lineId && names.line(lineId),
    dialled: begin?.dialled ?? '',
    deskId,
    deskName: deskId && names.desk(deskId),
    phoneId,
    phoneName: phoneId && names.phone(phoneId),
    state: stateOf(entries),
    outcome: end ? outcomeOf(entries, end) : null,
    callbackRequested: wantsCallback(entries, end),
    marked: isMarked(entries),
    emergency: firstOf(entries, 'emergency') !== undefined,
    reason: reasonOf(entries, end),
    ...blockedBy(entries),
    startedAt,
    answeredAt: timeOf(entries.find(({ e }) => e === 'answered' || e === 'connected' || e === 'forwarded')),
    endedAt: end ? new Date(Math.max(instantOf(end).getTime(), startedAt.getTime())) : null,
    handledBy: handlerOf(entries),
    endCause: end && /^\d{1,3}$/.test(end.cause) ? Number(end.cause) : null,
    endedBy: end?.by ?? null,
    journalLines: entries.length,
  };
}

function firstOf<E extends JournalEvent>(entries: readonly JournalEntry[], event: E): EntryOf<E> | undefined {
  return entries.find((entry): entry is EntryOf<E> => entry.e === event);
}

function lastOf<E extends JournalEvent>(entries: readonly JournalEntry[], event: E): EntryOf<E> | undefined {
  return entries.findLast((entry): entry is EntryOf<E> => entry.e === event);
}

/** A journal says nothing of a thing by an empty text. */
const firstSaid = (...said: (string | undefined)[]) => said.find((one) => one !== undefined && one !== '') ?? null;

const timeOf = (entry: JournalEntry | undefined) => (entry ? instantOf(entry) : null);

/** National form; null when the caller withheld it, whatever the line says. */
function outsideNumber(begin: EntryOf<'begin'>): string | null {
  if (begin.presentation !== 'shown') return null;
  const number = nationalNumber(begin.number);
  return /^[+#]?\d+$/.test(number) ? number : null;
}

function blockedBy(entries: readonly JournalEntry[]): Pick<CallFacts, 'blockRuleId' | 'blockAction'> {
  const blocked = firstOf(entries, 'blocked');
  const action = BlockActionType.safeParse(blocked?.action);
  const rule = z.uuid().safeParse(blocked?.rule);
  if (!action.success || !rule.success) return { blockRuleId: null, blockAction: null };
  return { blockRuleId: rule.data, blockAction: action.data };
}

function phoneOf(entries: readonly JournalEntry[], names: NamesById): string | null {
  const taken = handedOver(entries);
  let phone: string | null = null;
  for (const entry of entries) {
    if (entry.e === 'answered' || entry.e === 'calling') phone = entry.phone;
    if (entry.e === 'transferred' && taken.has(entry) && names.phone(entry.to) !== null) phone = entry.to;
  }
  return phone;
}

function stateOf(entries: readonly JournalEntry[]): CallState {
  let state: CallState = 'arriving';
  for (const { e } of entries) {
    if (state === 'ended') break;
    state = STATE_AFTER[e] ?? state;
  }
  return state;
}

function handlerOf(entries: readonly JournalEntry[]): CallFacts['handledBy'] {
  const taken = entries.findLast(({ e }) => e === 'claimed' || e === 'fallback');
  if (!taken) return null;
  return taken.e === 'claimed' ? 'backend' : 'fallback';
}

/** `CANCEL` means that the caller left while it rang. */
const rungOut = (entries: readonly JournalEntry[]) =>
  entries.some((entry) => (entry.e === 'unanswered' || entry.e === 'not-forwarded') && entry.status !== 'CANCEL');

/** What is shorter was a breath, or the caller thinking better of it. */
const SHORTEST_MESSAGE_MS = 2000;

/** Whether words were left; the silence that ended a message is none of it. */
function leftMessage(entries: readonly JournalEntry[]): boolean {
  return entries.some((entry, index) => {
    if (entry.e !== 'message') return false;
    const ended = entries.slice(index).find(({ e }) => e === 'message-ended' || e === 'end');
    if (!ended) return false;
    const silentMs = ended.e === 'message-ended' && ended.by === 'silence' ? Number(entry.silence) * 1000 : 0;
    return instantOf(ended).getTime() - instantOf(entry).getTime() - silentMs >= SHORTEST_MESSAGE_MS;
  });
}

const wasSpokenWith = (entries: readonly JournalEntry[]) =>
  entries.some(({ e }) => e === 'answered' || e === 'forwarded');

const wantsCallback = (entries: readonly JournalEntry[], end: EntryOf<'end'> | undefined): boolean =>
  end !== undefined && leftMessage(entries) && !wasSpokenWith(entries);

const wasClosed = (entries: readonly JournalEntry[]): boolean => {
  const last = lastOf(entries, 'schedule');
  return last !== undefined && last.openness !== 'open';
};

function outcomeOf(entries: readonly JournalEntry[], end: EntryOf<'end'>): CallOutcome {
  if (firstOf(entries, 'answered')) return 'answered';
  if (firstOf(entries, 'forwarded')) return 'forwarded';
  if (firstOf(entries, 'refused')) return 'refused';
  const outgoing = outcomeOfOutgoing(entries, end.by);
  if (outgoing) return outgoing;
  if (leftMessage(entries)) return 'message';
  if (end.by === 'lost') return 'failed';
  if (rungOut(entries)) return 'unanswered';
  if (wasClosed(entries)) return 'closed';
  if (end.by === 'caller') return 'abandoned';
  if (firstOf(entries, 'ringing')) return 'unanswered';
  if (firstOf(entries, 'fault')) return 'failed';
  return end.cause === '21' ? 'refused' : 'unanswered';
}

/** The first fault is told even when the call went well in the end: a person should look. */
function reasonOf(entries: readonly JournalEntry[], end: EntryOf<'end'> | undefined): string | null {
  const told = firstOf(entries, 'refused') ?? firstOf(entries, 'fault');
  if (told) return told.reason;
  if (end?.by === 'lost') return 'lost';
  const outgoing = end && reasonOfOutgoing(entries);
  if (outgoing) return outgoing;
  const unanswered = lastOf(entries, 'unanswered');
  const reached = firstOf(entries, 'answered');
  return unanswered && !reached && UNREACHABLE.has(unanswered.status) ? 'phones-unreachable' : null;
}
