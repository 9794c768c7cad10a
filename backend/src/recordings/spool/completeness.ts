import { instantOf } from '../../calls/journal.ts';
import type { JournalEntry, JournalEvent } from '../../calls/journal.schema.ts';
import { alignedBytes, bytesLasting, durationOf } from '../sealing/pcm.ts';
import { isClosed } from './recorder-clock.ts';
import { type RecorderFile, recordingTimeline, type Segment } from './recording-timeline.ts';
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
  const beganAt = instantOf(recorder ?? first('begin') ?? begin);
  const accepted = first('accepted');
  return {
    beganAt,
    endedAt: latest(instantOf(end), beganAt),
    acceptedAt: accepted ? latest(instantOf(accepted), beganAt) : beganAt,
    recorderAsked: recorder !== undefined,
    refused: first('refused') !== undefined,
    lost: end.by === 'lost',
  };
}

const latest = (a: Date, b: Date) => (a > b ? a : b);

const NOTHING_CAME = new Set<GapReason>(['before-media', 'no-media', 'after-media']);
/** Any of these, however short, is told: the box could not do what it is there for. */
const FAILURES = ['interrupted', 'disk-full', 'write-failed', 'recorder-failed'] as const;

/**
 * Whether the audio is all that was said: the recorder ran from the call's beginning to its end, and nothing that came was
 * lost. Times when nothing came are silence in it, not loss.
 */
export function decideCompleteness(span: RecordedSpan, audio: SpoolAudio): Completion {
  const { segments, unplacedMs } = timelineOf(span, audio);
  const gaps = gapsOf(segments);
  const lost = gaps.filter(({ reason }) => !NOTHING_CAME.has(reason));
  const missingMs = lost.reduce((sum, { durationMs }) => sum + durationMs, unplacedMs);
  const found = { segments, gaps, missingMs };
  if (!segments.some(({ kind }) => kind === 'audio')) {
    return { ...found, completeness: 'none', reason: whyNoAudio(span, audio, lost), leadingSilenceMs: 0 };
  }
  const reason = whyPartial(span, audio, lost, missingMs);
  const leadingSilenceMs = gaps[0]?.atMs === 0 ? gaps[0].durationMs : 0;
  return { ...found, completeness: reason ? 'partial' : 'complete', reason, leadingSilenceMs };
}

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
  const failure = lost.find(({ reason }) => reason === 'disk-full' || reason === 'write-failed');
  if (failure) return failureIn([failure]) ?? 'no-audio';
  if (audio.sizeBytes !== null) return 'no-audio';
  return span.recorderAsked ? 'file-missing' : 'not-recorded';
}

function whyPartial(
  span: RecordedSpan,
  { files }: SpoolAudio,
  lost: readonly RecordingGap[],
  missingMs: number,
): IncompleteReason | null {
  const torn = files.some(({ sizeBytes }) => alignedBytes(sizeBytes) !== sizeBytes);
  const cutOff = span.lost && !files.some(({ marks }) => isClosed(marks));
  if (torn || cutOff) return 'interrupted';
  return failureIn(lost) ?? (missingMs > SHORT_FROM_MS ? 'short' : null);
}

const failureIn = (lost: readonly RecordingGap[]): IncompleteReason | null =>
  FAILURES.find((failure) => lost.some(({ reason }) => reason === failure)) ?? null;

/** Whether a file is as long as its call, so that nothing more is to be expected from its writer. */
export function isAllThere(span: RecordedSpan, audio: SpoolAudio): boolean {
  return audio.sizeBytes !== null && timelineOf(span, audio).unplacedMs <= LENGTH_TOLERANCE_MS;
}
