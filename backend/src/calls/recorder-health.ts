import type { RecorderHealth } from './call.schema.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';

/** MixMonitor opens its file with the first sound, which comes at once after an answer. */
const EXISTS_WITHIN_MS = 2000;
/** It writes 32 KiB at a time, which is 1.02 s of both sides (telephony.md 2.3). */
const GROWS_WITHIN_MS = 2500;

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
  if (grewAtMs !== null) {
    return { ...before, health: nowMs - grewAtMs > GROWS_WITHIN_MS ? 'stalled' : 'growing' };
  }
  // The first 32 KiB come only after the file has been opened.
  const firstSoundWithinMs = sizeBytes === null ? EXISTS_WITHIN_MS : GROWS_WITHIN_MS;
  const overdue = expectedFromMs !== null && nowMs - expectedFromMs > firstSoundWithinMs;
  return { sizeBytes: size, grewAtMs: null, health: overdue ? 'stalled' : 'waiting' };
}
