import type { ClockMark } from './recorder-clock.ts';
import { alignedBytes, bytesLasting } from '../sealing/pcm.ts';
import type { GapReason } from '../recording.schema.ts';

/** Less than this is how frames come and go, not time that is missing. */
export const SHORTEST_GAP_MS = 40;
/** Two recorders never hear the same frame at the same moment: shorter gaps of one are not filled from the other. */
const SHORTEST_FILLED_MS = 200;
/** A recorder begins with its call and ends with it, but for this. */
const TAKES_AT_MOST_MS = 500;

const BYTES_PER_MS = bytesLasting(1);

/** What one recorder has left of a call. */
export interface RecorderFile {
  sizeBytes: number;
  /** None when Asterisk ran without the recorder's clock. */
  marks: readonly ClockMark[];
}

/** The time a recording has to fill, as the journal tells it. */
export interface CallSpan {
  beganAt: Date;
  endedAt: Date;
  /** From when media can have flowed; only asked where there is no clock. */
  mediaFrom: Date;
  /** Asterisk stopped before the call ended. */
  lost: boolean;
}

export type Segment =
  /** Bytes `fromByte` to `toByte` (exclusive) of the file with this index. */
  | { kind: 'audio'; file: number; fromByte: number; toByte: number }
  | { kind: 'gap'; durationMs: number; reason: GapReason };

export interface RecordingTimeline {
  segments: Segment[];
  /** Time at the end of the call of which nothing is known, not even where it belongs; not in the segments. */
  unplacedMs: number;
}

/** Audio without a gap, where it stands in the call. One without length parts two gaps with reasons of their own. */
interface Stretch {
  atMs: number;
  file: number;
  fromByte: number;
  toByte: number;
  /** Why there is nothing between the stretch before and this one. */
  before: GapReason;
}

interface Track {
  stretches: Stretch[];
  /** Why there is nothing after the last one; null = cannot be told. */
  after: GapReason | null;
}

interface Axis {
  /** Milliseconds of the call at a moment of the monotonic clock. */
  at: (monotonicMs: number) => number;
  lengthMs: number;
  mediaFromMs: number;
  lost: boolean;
}

const lastingMs = (bytes: number) => bytes / BYTES_PER_MS;
const endOf = ({ atMs, fromByte, toByte }: Stretch) => atMs + lastingMs(toByte - fromByte);

/**
 * Puts the audio of a call where it belongs in time, and says what is between: as long as the call within 100 ms, with
 * each gap at its place.
 * @param files of the recorders of one call, the first one first; what it lacks is taken from the others
 */
export function recordingTimeline(files: readonly RecorderFile[], span: CallSpan): RecordingTimeline {
  const axis = axisOf(
    files.flatMap(({ marks }) => marks),
    span,
  );
  const tracks = files.map((file, index) => trackOf(file, index, axis));
  const [first = { stretches: [], after: null }, ...others] = tracks;
  return segmentsOf(
    others.reduce((track, other) => filled(track, other, axis.lengthMs), first),
    axis.lengthMs,
  );
}

/**
 * The wall clock may be set during a call: a moment of the journal is taken to the monotonic clock by the mark that was
 * written nearest to it.
 * @returns a function that says how many milliseconds after the beginning a moment was
 */
export function callMoment(marks: readonly ClockMark[], beganAt: Date): (at: Date) => number {
  const first = marks.toSorted((a, b) => a.monotonicMs - b.monotonicMs).at(0);
  const beganMs = beganAt.getTime() - (first ? first.wallMs - first.monotonicMs : 0);
  return (at) => {
    const apart = ({ wallMs }: ClockMark) => Math.abs(wallMs - at.getTime());
    const [nearest] = marks.toSorted((a, b) => apart(a) - apart(b));
    return at.getTime() - (nearest ? nearest.wallMs - nearest.monotonicMs : 0) - beganMs;
  };
}

/**
 * The wall clock may be set during a call: the journal's moments are taken to the monotonic clock by the mark that is
 * nearest to each.
 */
function axisOf(marks: readonly ClockMark[], { beganAt, endedAt, mediaFrom, lost }: CallSpan): Axis {
  const inOrder = marks.toSorted((a, b) => a.monotonicMs - b.monotonicMs);
  const [first, last] = [inOrder.at(0), inOrder.at(-1)];
  const setBack = (mark: ClockMark | undefined) => (mark ? mark.wallMs - mark.monotonicMs : 0);
  const beganMs = beganAt.getTime() - setBack(first);
  const endedMs = Math.max(endedAt.getTime() - setBack(last), last?.monotonicMs ?? 0);
  const lengthMs = Math.max(0, endedMs - beganMs);
  const mediaFromMs = Math.max(0, mediaFrom.getTime() - beganAt.getTime());
  return { at: (monotonicMs) => monotonicMs - beganMs, lengthMs, mediaFromMs, lost };
}

function trackOf({ sizeBytes, marks }: RecorderFile, file: number, axis: Axis): Track {
  const size = alignedBytes(sizeBytes);
  const sound = soundMarks(marks, size);
  const [first] = sound;
  if (!first) return unclocked(size, file, axis);
  const silence = silenceBefore(sound, size, axis);
  const last = sound.length - 1;
  const stretches: Stretch[] = [{ atMs: 0, file, fromByte: 0, toByte: 0, before: 'before-media' }];
  let placedMs = 0;
  let opened = false;
  let why: GapReason =
    axis.at(first.monotonicMs) > TAKES_AT_MOST_MS && first.kind === 'open' ? 'recorder-failed' : 'before-media';
  for (const [index, mark] of sound.entries()) {
    const silentMs = silence[index] ?? 0;
    const closing = mark.kind === 'close' && index === last;
    if (silentMs - placedMs >= SHORTEST_GAP_MS) {
      cut(stretches, mark.bytes, silentMs, closing && why === 'no-media' ? 'after-media' : why);
      placedMs = silentMs;
    }
    why = whyAfter(mark, opened);
    opened ||= mark.kind === 'open';
  }
  const open = stretches.at(-1);
  if (open) open.toByte = size;
  return { stretches, after: afterLast(sound[last], open ? endOf(open) : 0, axis) };
}

function cut(stretches: Stretch[], bytes: number, silentMs: number, before: GapReason): void {
  const open = stretches.at(-1);
  if (!open) return;
  open.toByte = bytes;
  stretches.push({ ...open, atMs: lastingMs(bytes) + silentMs, fromByte: bytes, toByte: bytes, before });
}

/** Marks that can be true of a file of this size: a crash may leave some that are about audio which never reached it. */
function soundMarks(marks: readonly ClockMark[], size: number): ClockMark[] {
  const sound: ClockMark[] = [];
  for (const mark of marks) {
    const last = sound.at(-1);
    const backwards = last && (mark.bytes < last.bytes || mark.monotonicMs < last.monotonicMs - SHORTEST_GAP_MS);
    if (mark.bytes <= size && !backwards) sound.push(mark);
  }
  return sound;
}

/**
 * How much silence stands before each mark. Audio may come late, in a burst after a stall, but never early: what is still
 * behind at the end of all later marks was not there, what has been caught up with was.
 */
function silenceBefore(marks: readonly ClockMark[], size: number, { at, lengthMs }: Axis): number[] {
  let leastMs = Math.max(0, lengthMs - lastingMs(size));
  return marks
    .toReversed()
    .map(({ monotonicMs, bytes }) => (leastMs = Math.max(0, Math.min(leastMs, at(monotonicMs) - lastingMs(bytes)))))
    .reverse();
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

function whyAfter({ kind, error }: ClockMark, opened: boolean): GapReason {
  switch (kind) {
    case 'open':
      return opened ? 'no-media' : 'before-media';
    case 'at':
      return 'no-media';
    case 'lost':
      return FULL.has(error ?? '') ? 'disk-full' : 'write-failed';
    case 'close':
      return 'recorder-restarted';
  }
}

function afterLast(mark: ClockMark | undefined, endMs: number, { lengthMs, lost }: Axis): GapReason {
  if (mark?.kind === 'lost') return whyAfter(mark, true);
  if (mark?.kind === 'close') return lengthMs - endMs <= TAKES_AT_MOST_MS ? 'after-media' : 'recorder-failed';
  return lost ? 'interrupted' : 'unexplained';
}

/** Without a clock nothing is known but when media can have begun, or that a further recorder ran to the end. */
function unclocked(size: number, file: number, { lengthMs, mediaFromMs }: Axis): Track {
  const restMs = Math.max(0, lengthMs - lastingMs(size));
  if (size === 0) return { stretches: [], after: null };
  const atMs = file === 0 ? Math.min(mediaFromMs, restMs) : restMs;
  return { stretches: [{ atMs, file, fromByte: 0, toByte: size, before: 'before-media' }], after: null };
}

/** What `other` has heard while `track` had nothing proves that `track` failed there. */
function filled(track: Track, other: Track, lengthMs: number): Track {
  const stretches: Stretch[] = [];
  let freeFromMs = 0;
  for (const stretch of track.stretches) {
    const pieces = within(other.stretches, freeFromMs, stretch.atMs);
    stretches.push(...pieces, pieces.length > 0 ? { ...stretch, before: 'recorder-failed' } : stretch);
    freeFromMs = endOf(stretch);
  }
  const tail = within(other.stretches, freeFromMs, lengthMs);
  return { stretches: [...stretches, ...tail], after: tail.length > 0 ? other.after : track.after };
}

/** The parts of stretches that lie in a gap, short ones left out. */
function within(stretches: readonly Stretch[], fromMs: number, toMs: number): Stretch[] {
  if (toMs - fromMs < SHORTEST_FILLED_MS) return [];
  const pieces: Stretch[] = [];
  for (const stretch of stretches) {
    const before = pieces.length === 0 ? 'recorder-failed' : stretch.before;
    const fromByte = stretch.fromByte + bytesLasting(Math.ceil(Math.max(0, fromMs - stretch.atMs)));
    const toByte = stretch.toByte - bytesLasting(Math.ceil(Math.max(0, endOf(stretch) - toMs)));
    const skippedMs = lastingMs(fromByte - stretch.fromByte);
    if (lastingMs(toByte - fromByte) >= SHORTEST_FILLED_MS)
      pieces.push({ ...stretch, atMs: stretch.atMs + skippedMs, fromByte, toByte, before });
  }
  return pieces;
}

function segmentsOf({ stretches, after }: Track, lengthMs: number): RecordingTimeline {
  const segments: Segment[] = [];
  let atMs = 0;
  const gap = (untilMs: number, reason: GapReason) => {
    const durationMs = Math.round(untilMs - atMs);
    if (durationMs <= 0) return;
    const last = segments.at(-1);
    if (last?.kind === 'gap' && last.reason === reason) last.durationMs += durationMs;
    else segments.push({ kind: 'gap', durationMs, reason });
    atMs += durationMs;
  };
  for (const { before, ...stretch } of stretches) {
    gap(stretch.atMs, before);
    const { file, fromByte, toByte } = stretch;
    if (toByte > fromByte) segments.push({ kind: 'audio', file, fromByte, toByte });
    atMs += lastingMs(toByte - fromByte);
  }
  const restMs = Math.max(0, Math.round(lengthMs - atMs));
  if (after !== null && restMs >= SHORTEST_GAP_MS) gap(lengthMs, after);
  return { segments, unplacedMs: after === null ? restMs : 0 };
}
