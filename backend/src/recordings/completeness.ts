import { instantOf } from '../calls/journal.ts';
import type { JournalEntry, JournalEvent } from '../calls/journal.schema.ts';
import { alignedBytes, durationOf } from './pcm.ts';
import type { Completeness, IncompleteReason } from './recording.schema.ts';

/** Sealed audio is as long as the call within this. */
export const LENGTH_TOLERANCE_MS = 100;

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
  /** null when there is no file. */
  sizeBytes: number | null;
  /** Measured from the growth of the file while somebody watched; null when nobody did. */
  firstMediaAt: Date | null;
}

export interface Completion {
  completeness: Completeness;
  reason: IncompleteReason | null;
  /** Silence to put before the audio. */
  leadingSilenceMs: number;
  /** Time of the call that is neither in the audio nor known to be silence before it. */
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

/**
 * Whether the audio is all that was said. MixMonitor writes nothing while neither side sends, which is the rule
 * before the box accepts a call: that much is put back as silence before the audio. Time that is missing beyond it
 * cannot be placed and is told.
 */
export function decideCompleteness(span: RecordedSpan, audio: SpoolAudio): Completion {
  const sizeBytes = audio.sizeBytes ?? 0;
  const audioMs = durationOf(sizeBytes);
  const absentMs = Math.max(0, span.endedAt.getTime() - span.beganAt.getTime() - audioMs);
  if (alignedBytes(sizeBytes) === 0) {
    return { completeness: 'none', reason: whyNoAudio(span, audio), leadingSilenceMs: 0, missingMs: absentMs };
  }
  const quietMs = Math.max(0, (audio.firstMediaAt ?? span.acceptedAt).getTime() - span.beganAt.getTime());
  const leadingSilenceMs = absentMs <= quietMs + LENGTH_TOLERANCE_MS ? absentMs : quietMs;
  const missingMs = absentMs - leadingSilenceMs;
  const reason = whyPartial(span, sizeBytes, missingMs);
  return { completeness: reason ? 'partial' : 'complete', reason, leadingSilenceMs, missingMs };
}

function whyNoAudio(span: RecordedSpan, audio: SpoolAudio): IncompleteReason {
  if (span.refused) return 'refused';
  if (audio.sizeBytes !== null) return 'no-audio';
  return span.recorderAsked ? 'file-missing' : 'not-recorded';
}

function whyPartial(span: RecordedSpan, sizeBytes: number, missingMs: number): IncompleteReason | null {
  if (span.lost || alignedBytes(sizeBytes) !== sizeBytes) return 'interrupted';
  return missingMs > 0 ? 'short' : null;
}

/** Whether a file is as long as its call, so that nothing more is to be expected from its writer. */
export function isAllThere(span: RecordedSpan, audio: SpoolAudio): boolean {
  return audio.sizeBytes !== null && decideCompleteness(span, audio).completeness === 'complete';
}
