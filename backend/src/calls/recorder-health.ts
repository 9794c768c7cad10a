import type { RecorderHealth } from './call.schema.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';

/**
 * MixMonitor writes from the first sound on, which comes at once after an answer: every 120 ms; without the recorder's clock
 * 32 KiB at a time, which is 1.02 s of both sides.
 */
const WRITES_WITHIN_MS = 2000;
/** From then on it is asked whether there is anything to be recorded. */
const SUSPICIOUS_AFTER_MS = 800;

export interface RecorderMeasure {
  sizeBytes: number;
  /** When the file was last seen to have grown; null while it has no sound. */
  grewAtMs: number | null;
  health: RecorderHealth;
}

export const NOT_YET_MEASURED: RecorderMeasure = { sizeBytes: 0, grewAtMs: null, health: 'waiting' };

/**
 * From when on sound must come: there is none before the box or a phone has answered.
 * @returns null when the call is not recorded or nobody has answered yet
 */
export function soundExpectedFrom(entries: readonly JournalEntry[]): number | null {
  if (!entries.some(({ e }) => e === 'recorder')) return null;
  const answered = entries.find(({ e }) => e === 'accepted' || e === 'answered');
  return answered ? instantOf(answered).getTime() : null;
}

/** What is said when a recorder did not write though sound came. */
export const RECORDER_STALLED = 'recorder-stalled';

/** What the journal says of the recorder of a call in progress. */
export interface RecorderFacts {
  channelId: string;
  /** See `soundExpectedFrom`. */
  expectedFromMs: number | null;
  /** It has failed already, and a second one was started. */
  hasSecond: boolean;
}

export function recorderFacts(entries: readonly JournalEntry[]): RecorderFacts {
  const begin = entries.find((entry) => entry.e === 'begin');
  return {
    channelId: begin?.channel ?? '',
    expectedFromMs: soundExpectedFrom(entries),
    hasSecond: entries.some((entry) => entry.e === 'fault' && entry.reason === RECORDER_STALLED),
  };
}

/** Whether a recorder has not written for so long that it matters whether anything came. */
export const isSuspicious = ({ grewAtMs }: RecorderMeasure, nowMs: number, expectedFromMs: number | null): boolean =>
  nowMs - (grewAtMs ?? expectedFromMs ?? nowMs) > SUSPICIOUS_AFTER_MS;

/**
 * What a look at the recording's file tells of the recorder.
 * @param sizeBytes null = there is no file
 * @param expectedFromMs see `soundExpectedFrom`
 */
export function measureRecorder(
  before: RecorderMeasure,
  nowMs: number,
  sizeBytes: number | null,
  expectedFromMs: number | null,
): RecorderMeasure {
  const size = sizeBytes ?? 0;
  if (size > before.sizeBytes) return { sizeBytes: size, grewAtMs: nowMs, health: 'growing' };
  const { grewAtMs } = before;
  if (grewAtMs !== null) return { ...before, health: nowMs - grewAtMs > WRITES_WITHIN_MS ? 'stalled' : 'growing' };
  const overdue = expectedFromMs !== null && nowMs - expectedFromMs > WRITES_WITHIN_MS;
  return { sizeBytes: size, grewAtMs: null, health: overdue ? 'stalled' : 'waiting' };
}
