import type { RecorderHealth } from './call.schema.ts';
import { pausesOf } from '../recordings/rules/withheld.ts';
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
 * From when on sound must come: there is none before the box or a phone has answered, nor while the recording is paused.
 * @returns null when the call is not recorded or nobody has answered yet
 */
export function soundExpectedFrom(entries: readonly JournalEntry[]): number | null {
  if (!entries.some(({ e }) => e === 'recorder')) return null;
  const answered = entries.find(({ e }) => e === 'accepted' || e === 'answered' || e === 'connected');
  return answered ? Math.max(instantOf(answered).getTime(), pausedUntil(entries)) : null;
}

/** When the last pause of the recording ended or will end by itself, in milliseconds since the epoch; 0 = there was none. */
const pausedUntil = (entries: readonly JournalEntry[]): number =>
  pausesOf(entries, new Date(8.64e15)).at(-1)?.to.getTime() ?? 0;

/** Whether there is no recorder because a recording rule says so. */
export const isKeptOff = (entries: readonly JournalEntry[]): boolean =>
  !entries.some(({ e }) => e === 'recorder') &&
  entries.findLast((entry) => entry.e === 'recording-rule')?.recording === 'never';

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
  const connected = entries.find((entry) => entry.e === 'connected');
  return {
    channelId: connected?.channel ?? begin?.channel ?? '',
    expectedFromMs: soundExpectedFrom(entries),
    hasSecond: entries.some((entry) => entry.e === 'fault' && entry.reason === RECORDER_STALLED),
  };
}

/** A second recorder that does not write either is tried again, later each time: what stands in the way may go. */
const FIRST_RETRY_MS = 3000;
const MOST_TRIES = 5;

export interface SecondTries {
  count: number;
  lastMs: number;
}

/** Whether a second recorder is to be started, for the first time or again, now that nothing is written. */
export const isSecondDue = ({ count, lastMs }: SecondTries, nowMs: number): boolean =>
  count === 0 || (count < MOST_TRIES && nowMs - lastMs >= FIRST_RETRY_MS * 2 ** (count - 1));

/** Whether a recorder has not written for so long that it matters whether anything came. */
export const isSuspicious = ({ grewAtMs }: RecorderMeasure, nowMs: number, expectedFromMs: number | null): boolean =>
  nowMs - (silentSince(grewAtMs, expectedFromMs) ?? nowMs) > SUSPICIOUS_AFTER_MS;

/** @returns null while no sound is expected */
const silentSince = (grewAtMs: number | null, expectedFromMs: number | null): number | null =>
  grewAtMs === null || expectedFromMs === null ? (grewAtMs ?? expectedFromMs) : Math.max(grewAtMs, expectedFromMs);

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
  if (expectedFromMs !== null && expectedFromMs > nowMs) return { ...before, health: 'paused' };
  if (size > before.sizeBytes) return { sizeBytes: size, grewAtMs: nowMs, health: 'growing' };
  const { grewAtMs } = before;
  const sinceMs = silentSince(grewAtMs, expectedFromMs);
  const overdue = sinceMs !== null && nowMs - sinceMs > WRITES_WITHIN_MS;
  if (grewAtMs !== null) return { ...before, health: overdue ? 'stalled' : 'growing' };
  return { sizeBytes: size, grewAtMs: null, health: overdue ? 'stalled' : 'waiting' };
}
