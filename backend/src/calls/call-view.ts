import type { RecordingEntity } from '../recordings/recording.entity.ts';
import type { RecordingSummary } from '../recordings/recording.schema.ts';
import { awaitsKeeping } from '../recordings/rules/withheld.ts';
import type { CallEntity } from './call.entity.ts';
import type { CallDetail, CallSummary, LiveCall } from './call.schema.ts';
import { endingArmedUntil } from './call-ending.ts';
import { callLegs, callTimeline } from './call-timeline.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';
import type { NamesById } from './reduce-journal.ts';
import { parkedAt } from './talking-phone.ts';

export type ListedCall = Omit<CallEntity, 'journal'>;

/** A thing that has lost its name is still told by its id. */
const named = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? id });

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/**
 * What a list shows of a call's recording. A call that has just ended has no row yet: its recording is being sealed,
 * and goes by the id of its call until it has its own.
 */
export function recordingOf(call: ListedCall, recording: RecordingEntity | null): RecordingSummary | null {
  if (recording) {
    const { id, state, completeness, reason, durationMs } = recording;
    return { id, state, completeness, reason, durationMs };
  }
  if (call.endedAt === null) return null;
  return { id: call.id, state: 'sealing', completeness: null, reason: null, durationMs: null };
}

export function toCallSummary(call: ListedCall, recording: RecordingEntity | null): CallSummary {
  const { id, direction, number, presentation, dialled, state, outcome, callbackRequested, marked, reason } = call;
  const { emergency, handledBy, recorder } = call;
  return {
    ...{
      id,
      direction,
      number,
      presentation,
      dialled,
      state,
      outcome,
      callbackRequested,
      marked,
      emergency,
      reason,
      handledBy,
      recorder,
    },
    blockRule: call.blockRuleId && call.blockAction ? { id: call.blockRuleId, action: call.blockAction } : null,
    line: named(call.lineId, call.lineName),
    desk: named(call.deskId, call.deskName),
    phone: named(call.phoneId, call.phoneName),
    startedAt: call.startedAt.toISOString(),
    answeredAt: iso(call.answeredAt),
    endedAt: iso(call.endedAt),
    durationMs: call.endedAt && call.endedAt.getTime() - call.startedAt.getTime(),
    recording: recordingOf(call, recording),
  };
}

/** @param names as they are now, for what the row does not name */
export function toCallDetail(call: CallEntity, recording: RecordingEntity | null, names: NamesById): CallDetail {
  const journal = call.journal as JournalEntry[];
  const atTheTime = namesAtTheTime(call, names);
  return {
    ...toCallSummary(call, recording),
    legs: callLegs(journal, call.endedAt, atTheTime),
    timeline: callTimeline(journal, call.startedAt, atTheTime),
  };
}

/** @param names as they are now, for what the row does not name */
export function toLiveCall(call: CallEntity, recording: RecordingEntity | null, names: NamesById): LiveCall {
  const journal = call.journal as JournalEntry[];
  const legs = callLegs(journal, call.endedAt, namesAtTheTime(call, names));
  return {
    ...toCallSummary(call, recording),
    legs: legs.filter(({ endedAt }) => endedAt === null),
    longCall: longCallOf(journal),
    parkedAt: parkedAt(journal),
    endingArmedUntil: iso(endingArmedUntil(journal)),
    awaitsKeeping: awaitsKeeping(journal),
  };
}

function longCallOf(journal: readonly JournalEntry[]): LiveCall['longCall'] {
  const last = journal.findLast((entry) => entry.e === 'long-call');
  return last ? { act: last.act, minutes: Number(last.minutes), at: instantOf(last).toISOString() } : null;
}

/** The row keeps the names of the time of the call; only what it does not mention is named as it is now. */
function namesAtTheTime(call: ListedCall, now: NamesById): NamesById {
  const kept = (id: string, rowId: string | null, rowName: string | null, current: string | null) =>
    (id === rowId ? rowName : null) ?? current;
  return {
    line: (id) => kept(id, call.lineId, call.lineName, now.line(id)),
    desk: (id) => kept(id, call.deskId, call.deskName, now.desk(id)),
    phone: (id) => kept(id, call.phoneId, call.phoneName, now.phone(id)),
    schedule: (id) => now.schedule(id),
    trunk: (id) => now.trunk(id),
    notice: (id) => now.notice(id),
    recordingRule: (id) => now.recordingRule(id),
  };
}
