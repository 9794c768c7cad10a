import { instantOf } from '../../calls/journal.ts';
import type { JournalEntry } from '../../calls/journal.schema.ts';
import { bytesLasting } from '../sealing/pcm.ts';
import type { GapReason } from '../recording.schema.ts';
import type { Segment } from '../spool/recording-timeline.ts';
import { STANDARD_RULE } from './recording-rule.schema.ts';
import type { RecordingDecision } from './recording-rules.ts';

/** Why a part of a call is not kept although it may have been heard: by a rule, or by somebody who paused the recording. */
export type WithheldReason = Extract<GapReason, 'not-recorded' | 'not-kept' | 'paused'>;

/** A part of a call of which nothing must be kept. */
export interface Withheld {
  from: Date;
  to: Date;
  reason: WithheldReason;
  /** The recording rule; null for a pause. */
  rule: string | null;
}

interface Decided extends RecordingDecision {
  at: Date;
}

/**
 * Which parts of a call must not be kept, as its journal tells. The rule that holds when the first phone answers holds for
 * the whole way to it: notices, menus and ringing belong to the conversation to which they lead.
 * @param endedAt of a call in progress: now
 * @returns in the order of weight: where two overlap, the first one is the reason
 */
export function withheldParts(entries: readonly JournalEntry[], endedAt: Date): Withheld[] {
  const [first] = entries;
  if (!first) return [];
  return [...withheldByRules(entries, instantOf(first), endedAt), ...pausesOf(entries, endedAt)];
}

function withheldByRules(entries: readonly JournalEntry[], beganAt: Date, endedAt: Date): Withheld[] {
  // Who leaves a message wants it heard, and no phone takes part that could ask for it.
  const kept = entries.some(({ e }) => e === 'recording-kept' || e === 'message');
  const decisions = decisionsOf(entries, beganAt);
  return decisions.flatMap(({ at, recording, rule }, index): Withheld[] => {
    const to = decisions[index + 1]?.at ?? endedAt;
    if (recording === 'never') return [{ from: at, to, reason: 'not-recorded', rule }];
    return recording === 'on-demand' && !kept ? [{ from: at, to, reason: 'not-kept', rule }] : [];
  });
}

function decisionsOf(entries: readonly JournalEntry[], beganAt: Date): Decided[] {
  const decisions: Decided[] = [{ at: beganAt, recording: 'always', rule: STANDARD_RULE }];
  let answered = false;
  for (const entry of entries) {
    if (entry.e === 'recording-rule') {
      const { recording, recordingRule: rule } = entry;
      if (!answered) decisions.length = 0;
      decisions.push({ at: answered ? instantOf(entry) : beganAt, recording, rule });
    }
    answered ||= entry.e === 'answered' || entry.e === 'forwarded' || entry.e === 'connected';
  }
  return decisions;
}

/** The times in which somebody had the recording paused. A pause ends by itself after its seconds. */
export function pausesOf(entries: readonly JournalEntry[], endedAt: Date): Withheld[] {
  return entries.flatMap((entry, index): Withheld[] => {
    if (entry.e !== 'recording-paused') return [];
    const from = instantOf(entry);
    const ownEnd = new Date(from.getTime() + Number(entry.seconds) * 1000);
    const next = entries.slice(index + 1).find(({ e }) => e === 'recording-resumed' || e === 'recording-paused');
    const to = [ownEnd, endedAt, ...(next ? [instantOf(next)] : [])].reduce((a, b) => (a < b ? a : b));
    return to > from ? [{ from, to, reason: 'paused', rule: null }] : [];
  });
}

/** The rule that holds as far as the journal goes. */
export function ruleInForce(entries: readonly JournalEntry[]): RecordingDecision {
  const told = entries.findLast((entry) => entry.e === 'recording-rule');
  return told ? { recording: told.recording, rule: told.recordingRule } : { recording: 'always', rule: STANDARD_RULE };
}

/** Whether what is recorded of a call in progress is not kept unless somebody asks for it. */
export function awaitsKeeping(entries: readonly JournalEntry[]): boolean {
  const last = entries.at(-1);
  return last !== undefined && withheldParts(entries, instantOf(last)).some(({ reason }) => reason === 'not-kept');
}

/** Whether nothing is recorded at a moment because somebody wanted it so. */
export const isPaused = (entries: readonly JournalEntry[], at: Date): boolean =>
  pausesOf(entries, new Date(at.getTime() + 1)).some(({ to }) => to > at);

/** A part of a recording to withhold, in milliseconds from its beginning. */
export interface WithheldSpan {
  fromMs: number;
  toMs: number;
  reason: WithheldReason;
}

/**
 * Puts silence in the place of what must not be kept. The length stays the same within a millisecond for each end of a part.
 * @param parts where they overlap, the first one is the reason
 */
export function withhold(segments: readonly Segment[], parts: readonly WithheldSpan[]): Segment[] {
  const kept: Segment[] = [];
  let atMs = 0;
  for (const segment of segments) {
    const lengthMs = lengthOf(segment);
    for (const piece of pieces(atMs, atMs + lengthMs, parts)) add(kept, cutOut(segment, atMs, piece));
    atMs += lengthMs;
  }
  return joinedToPause(kept);
}

const BYTES_PER_MS = bytesLasting(1);
const lengthOf = (segment: Segment): number =>
  segment.kind === 'gap' ? segment.durationMs : (segment.toByte - segment.fromByte) / BYTES_PER_MS;

interface Piece {
  fromMs: number;
  toMs: number;
  reason: WithheldReason | null;
}

/** A stretch of time, cut where parts begin and end. */
function pieces(fromMs: number, toMs: number, parts: readonly WithheldSpan[]): Piece[] {
  const cuts = parts.flatMap((part) => [part.fromMs, part.toMs]).filter((cut) => cut > fromMs && cut < toMs);
  const ends = [...new Set([...cuts, toMs])].toSorted((a, b) => a - b);
  return ends.map((end, index) => {
    const from = ends[index - 1] ?? fromMs;
    const middle = (from + end) / 2;
    const part = parts.find((each) => each.fromMs <= middle && middle < each.toMs);
    return { fromMs: from, toMs: end, reason: part?.reason ?? null };
  });
}

function cutOut(segment: Segment, segmentAtMs: number, { fromMs, toMs, reason }: Piece): Segment {
  const durationMs = Math.round(toMs) - Math.round(fromMs);
  if (segment.kind === 'gap') return { kind: 'gap', durationMs, reason: reason ?? segment.reason };
  if (reason !== null) return { kind: 'gap', durationMs, reason };
  const { kind, file, fromByte } = segment;
  const byteAt = (ms: number) => Math.min(segment.toByte, fromByte + bytesLasting(ms - segmentAtMs));
  return { kind, file, fromByte: byteAt(fromMs), toByte: byteAt(toMs) };
}

function add(kept: Segment[], segment: Segment): void {
  const last = kept.at(-1);
  if (lengthOf(segment) <= 0) return;
  if (last?.kind === 'gap' && segment.kind === 'gap' && last.reason === segment.reason)
    last.durationMs += segment.durationMs;
  else kept.push(segment);
}

/** The moment in which the recorder starts again after a pause belongs to the pause. */
function joinedToPause(segments: readonly Segment[]): Segment[] {
  const isPause = (segment: Segment | undefined) => segment?.kind === 'gap' && segment.reason === 'paused';
  const joined: Segment[] = [];
  for (const [index, segment] of segments.entries()) {
    const restarts = segment.kind === 'gap' && segment.reason === 'recorder-restarted';
    const beside = restarts && (isPause(segments[index - 1]) || isPause(segments[index + 1]));
    add(joined, beside ? { ...segment, reason: 'paused' } : { ...segment });
  }
  return joined;
}
