import { instantOf } from '../../calls/journal.ts';
import type { JournalEntry, JournalEvent } from '../../calls/journal.schema.ts';
import { alignedBytes, bytesLasting, durationOf } from '../sealing/pcm.ts';
import { isClosed } from './recorder-clock.ts';
import { callMoment, type RecorderFile, recordingTimeline, type Segment } from './recording-timeline.ts';
import { type Withheld, type WithheldReason, withheldParts, withhold } from '../rules/withheld.ts';
import type { Completeness, GapReason, IncompleteReason, RecordingGap } from '../recording.schema.ts';

/** Sealed audio is as long as the call within this. */
export const LENGTH_TOLERANCE_MS = 100;
/** Time that is missing without an explanation is a loss from here on; below it is how a busy machine takes turns. */
export const SHORT_FROM_MS = 500;

/** When a call was to be recorded, as its journal tells. */
export interface RecordedSpan {
  /** Position zero of the sealed audio. */
  beganAt: Date;
  endedAt: Date;
  /** From when media can have flowed; the same as `beganAt` when the journal does not say. */
  acceptedAt: Date;
  recorderAsked: boolean;
  refused: boolean;
  /** Asterisk stopped before the call ended. */
  lost: boolean;
  /** What must not be kept, in the order of weight. */
  withheld: readonly Withheld[];
}

/** What the spool holds of a call. */
export interface SpoolAudio {
  /** Of all its recorders together; null when there is no file. */
  sizeBytes: number | null;
  /** In the order in which they were started. */
  files: readonly RecorderFile[];
  /** Measured from the growth of the file while somebody watched; null when nobody did. */
  firstMediaAt: Date | null;
}

export const NO_AUDIO: SpoolAudio = { sizeBytes: null, files: [], firstMediaAt: null };

export interface Completion {
  completeness: Completeness;
  reason: IncompleteReason | null;
  /** The recording rule by which something is not kept, where that is the reason. */
  rule: string | null;
  /** What to seal, in this order. */
  segments: readonly Segment[];
  gaps: RecordingGap[];
  /** Silence before the first audio. */
  leadingSilenceMs: number;
  /** Time of the call of which something was lost, or of which nothing is known. */
  missingMs: number;
}

/** @returns null while the call goes on */
export function recordedSpan(entries: readonly JournalEntry[]): RecordedSpan | null {
  const first = (event: JournalEvent) => entries.find(({ e }) => e === event);
  const [begin] = entries;
  const end = entries.find((entry) => entry.e === 'end');
  if (!begin || !end) return null;
  const recorder = first('recorder');
  const bornAt = instantOf(first('begin') ?? begin);
  const endedAt = latest(instantOf(end), bornAt);
  const withheld = withheldParts(entries, endedAt);
  // A recorder that a rule lets begin in the middle of a call.
  const late = recorder && withheld.some(({ from, to }) => from <= bornAt && to >= instantOf(recorder));
  const beganAt = recorder && !late ? instantOf(recorder) : bornAt;
  const accepted = first('accepted');
  return {
    beganAt,
    endedAt: latest(endedAt, beganAt),
    acceptedAt: accepted ? latest(instantOf(accepted), beganAt) : beganAt,
    recorderAsked: recorder !== undefined,
    refused: first('refused') !== undefined,
    lost: end.by === 'lost',
    withheld,
  };
}

const latest = (a: Date, b: Date) => (a > b ? a : b);

const NOTHING_CAME = new Set<GapReason>(['before-media', 'no-media', 'after-media']);
/** Any of these, however short, is told: the box could not do what it is there for. */
const FAILURES = ['interrupted', 'disk-full', 'write-failed', 'recorder-failed'] as const;

/**
 * Whether the audio is all that was said: the recorder ran from the call's beginning to its end, and nothing that came was
 * lost. Times when nothing came are silence in it, not loss. What must not be kept is silence, too, and told as missing: the
 * recording is not all that was said, although the office wanted it so.
 */
export function decideCompleteness(span: RecordedSpan, audio: SpoolAudio): Completion {
  const { segments: found, unplacedMs } = timelineOf(span, audio);
  const segments = withhold(found, withheldSpans(span, audio));
  const gaps = gapsOf(segments);
  const lost = gaps.filter(({ reason }) => !NOTHING_CAME.has(reason));
  const missingMs = lost.reduce((sum, { durationMs }) => sum + durationMs, unplacedMs);
  const facts = { segments, gaps, missingMs };
  if (!segments.some(({ kind }) => kind === 'audio')) {
    const reason = whyNoAudio(span, audio, lost);
    return { ...facts, completeness: 'none', reason, rule: ruleOf(reason, span), leadingSilenceMs: 0 };
  }
  const reason = whyPartial(span, audio, lost, unplacedMs);
  const leadingSilenceMs = gaps[0]?.atMs === 0 ? gaps[0].durationMs : 0;
  return {
    ...facts,
    completeness: reason ? 'partial' : 'complete',
    reason,
    rule: ruleOf(reason, span),
    leadingSilenceMs,
  };
}

/** Audio is placed in time no better than within the tolerance, and of what a rule forbids not a word may be kept. */
function withheldSpans({ beganAt, withheld }: RecordedSpan, { files }: SpoolAudio) {
  const momentOf = callMoment(
    files.flatMap(({ marks }) => marks),
    beganAt,
  );
  return withheld.map(({ from, to, reason, rule }) => {
    const marginMs = rule === null ? 0 : LENGTH_TOLERANCE_MS;
    return { fromMs: momentOf(from) - marginMs, toMs: momentOf(to) + marginMs, reason };
  });
}

const ruleOf = (reason: IncompleteReason | null, { withheld }: RecordedSpan): string | null =>
  withheld.find((part) => part.reason === reason)?.rule ?? null;

const timelineOf = ({ beganAt, endedAt, acceptedAt, lost }: RecordedSpan, { files, firstMediaAt }: SpoolAudio) =>
  recordingTimeline(files, { beganAt, endedAt, mediaFrom: firstMediaAt ?? acceptedAt, lost });

function gapsOf(segments: readonly Segment[]): RecordingGap[] {
  const gaps: RecordingGap[] = [];
  let bytes = 0;
  for (const segment of segments) {
    if (segment.kind === 'audio') bytes += segment.toByte - segment.fromByte;
    else {
      gaps.push({ atMs: durationOf(bytes), durationMs: segment.durationMs, reason: segment.reason });
      bytes += bytesLasting(segment.durationMs);
    }
  }
  return gaps;
}

function whyNoAudio(span: RecordedSpan, audio: SpoolAudio, lost: readonly RecordingGap[]): IncompleteReason {
  if (span.refused) return 'refused';
  const withheld = whollyWithheld(span) ?? (audio.sizeBytes ? withheldReason(lost) : null);
  if (withheld) return withheld;
  const failure = lost.find(({ reason }) => reason === 'disk-full' || reason === 'write-failed');
  if (failure) return failureIn([failure]) ?? 'no-audio';
  if (audio.sizeBytes !== null) return 'no-audio';
  return span.recorderAsked ? 'file-missing' : 'not-recorded';
}

/** @returns why nothing of a call may be kept by the rules, whatever there is of it; null when something may */
function whollyWithheld({ withheld, beganAt, endedAt }: RecordedSpan): WithheldReason | null {
  const byRules = withheld.filter(({ rule }) => rule !== null);
  const withheldMs = byRules.reduce(
    (sum, { from, to }) => sum + Math.max(0, to.getTime() - latest(from, beganAt).getTime()),
    0,
  );
  const whole = endedAt.getTime() - beganAt.getTime() - withheldMs <= 0;
  return (whole ? byRules.at(-1)?.reason : null) ?? null;
}

const WITHHELD = ['not-recorded', 'not-kept', 'paused'] as const;

const withheldReason = (lost: readonly RecordingGap[]): WithheldReason | null =>
  WITHHELD.find((each) => lost.some(({ reason }) => reason === each)) ?? null;

function whyPartial(
  span: RecordedSpan,
  { files }: SpoolAudio,
  lost: readonly RecordingGap[],
  unplacedMs: number,
): IncompleteReason | null {
  const torn = files.some(({ sizeBytes }) => alignedBytes(sizeBytes) !== sizeBytes);
  const cutOff = span.lost && !files.some(({ marks }) => isClosed(marks));
  if (torn || cutOff) return 'interrupted';
  const unwanted = lost.filter(({ reason }) => !WITHHELD.some((each) => each === reason));
  const unwantedMs = unwanted.reduce((sum, { durationMs }) => sum + durationMs, unplacedMs);
  return failureIn(lost) ?? (unwantedMs > SHORT_FROM_MS ? whyShort(files) : null) ?? withheldReason(lost);
}

/** Where what is missing belongs, and why it is, the clock would have told. */
const whyShort = (files: SpoolAudio['files']): IncompleteReason =>
  files.some(({ sizeBytes, marks }) => sizeBytes > 0 && marks.length === 0) ? 'clock-lost' : 'short';

const failureIn = (lost: readonly RecordingGap[]): IncompleteReason | null =>
  FAILURES.find((failure) => lost.some(({ reason }) => reason === failure)) ?? null;

/** Whether a file is as long as its call, so that nothing more is to be expected from its writer. */
export function isAllThere(span: RecordedSpan, audio: SpoolAudio): boolean {
  return audio.sizeBytes !== null && timelineOf(span, audio).unplacedMs <= LENGTH_TOLERANCE_MS;
}
