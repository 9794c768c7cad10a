import { type SideWindows, SILENCE_DBFS, toDbfs, WINDOW_MS } from './pcm.ts';
import type { RecordingTrack, TrackKind } from '../recording.schema.ts';

/*
 * What stands out in a conversation of two sides, from levels alone. All thresholds are here.
 */

/** Pauses within speech: hang-over time of the speech voltmeter, ITU-T P.56, method B. */
const HANGOVER_MS = 200;
/** Shorter sounds are clicks of the line. */
const CLICK_MS = 40;
/** Speech is this much above the noise of its side ... */
const ABOVE_NOISE_DB = 9;
/** ... and the noise is what is exceeded nine tenths of the time. It is not believed to be louder than this. */
const NOISE_SHARE = 0.1;
const NOISIEST_DBFS = -40;
/** Below this there is no line at all, only digital silence. */
const NO_LINE_DBFS = -90;

/** What call centres look at (MiiTel's bars: 3 s of silence, 1 s of both at once). */
const SILENCE_MS = 3000;
const OVERLAP_MS = 1000;

/**
 * ANSI S3.5-1997, table 1: normal speech has 62.4 dB, raised 68.3, loud 74.9, shouted 82.3. Loud is what is nearer to loud
 * than to raised, above how the same side usually speaks ...
 */
const ABOVE_USUAL_DB = 9;
/** ... and 6 dB above the nominal level of speech on the telephone, -26 dBov (ITU-T G.100.1, P.56). */
const LOUD_DBFS = -20;
/** Syllables are measured, not single sounds. */
const SYLLABLE_MS = 200;
const LOUD_MS = 300;
/** As much speech has to be heard before it is known how a side usually speaks. */
const USUAL_MS = 2000;

/** A flat top has more than one sample in 20 ms. */
const CLIPPED_SAMPLES = 2;
/** Shouts in a row are one. */
const APART_MS = 500;

/** A part of a recording in windows of `WINDOW_MS`; `end` not included. */
interface Run {
  start: number;
  end: number;
}

type SideName = 'left' | 'right';

/**
 * 沈黙, 被り, 大声 and clipping.
 * @param sides as measured by `PcmMeter`
 * @param durationMs of the whole: no track ends after it
 * @returns in the order of time
 */
export function findTracks(sides: Record<SideName, SideWindows>, durationMs: number): RecordingTrack[] {
  const speaks = { left: speech(sides.left), right: speech(sides.right) };
  const both = (want: boolean) => speaks.left.map((left, at) => left === want && speaks.right[at] === want);
  const track = (kind: TrackKind, side: SideName | null) => (run: Run) => ({
    ...{ kind, side, fromMs: run.start * WINDOW_MS, toMs: Math.min(durationMs, run.end * WINDOW_MS) },
  });
  return [
    ...longerThan(SILENCE_MS, runsOf(both(false))).map(track('silence', null)),
    ...longerThan(OVERLAP_MS, runsOf(both(true))).map(track('overlap', null)),
    ...(['left', 'right'] as const).flatMap((side) => [
      ...loud(sides[side], speaks[side]).map(track('loud', side)),
      ...clipping(sides[side]).map(track('clipping', side)),
    ]),
  ].sort((a, b) => a.fromMs - b.fromMs);
}

/** In which windows a side speaks, short pauses included. */
function speech({ meanSquares }: SideWindows): boolean[] {
  const levels = meanSquares.map(toDbfs);
  const line = levels.filter((level) => level > NO_LINE_DBFS);
  const noise = line.length === 0 ? -Infinity : quantile(line, NOISE_SHARE);
  const threshold = Math.max(SILENCE_DBFS, Math.min(NOISIEST_DBFS, noise + ABOVE_NOISE_DB));
  const sounds = longerThan(CLICK_MS, runsOf(levels.map((level) => level >= threshold)));
  const speaking = new Array<boolean>(levels.length).fill(false);
  for (const { start, end } of bridged(HANGOVER_MS, sounds)) speaking.fill(true, start, end);
  return speaking;
}

function loud({ meanSquares }: SideWindows, speaks: readonly boolean[]): Run[] {
  const levels = smoothed(meanSquares).map(toDbfs);
  const spoken = levels.filter((_, at) => speaks[at]);
  if (spoken.length * WINDOW_MS < USUAL_MS) return [];
  const threshold = Math.max(LOUD_DBFS, quantile(spoken, 0.5) + ABOVE_USUAL_DB);
  const runs = runsOf(levels.map((level, at) => speaks[at] === true && level > threshold));
  return longerThan(LOUD_MS, bridged(APART_MS, runs));
}

function clipping({ clipped }: SideWindows): Run[] {
  return bridged(APART_MS, runsOf(clipped.map((samples) => samples >= CLIPPED_SAMPLES)));
}

/** The mean of each window and its neighbours, as many as make a syllable. */
function smoothed(values: readonly number[]): number[] {
  const width = SYLLABLE_MS / WINDOW_MS;
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return values.map((_, at) => {
    const start = Math.max(0, at - Math.floor(width / 2));
    const end = Math.min(values.length, start + width);
    return ((sums[end] ?? 0) - (sums[start] ?? 0)) / (end - start);
  });
}

function runsOf(windows: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  windows.forEach((is, at) => {
    const last = runs.at(-1);
    if (!is) return;
    if (last?.end === at) last.end++;
    else runs.push({ start: at, end: at + 1 });
  });
  return runs;
}

const longerThan = (leastMs: number, runs: readonly Run[]): Run[] =>
  runs.filter(({ start, end }) => (end - start) * WINDOW_MS >= leastMs);

/** Runs with no more than this between them become one. */
function bridged(mostMs: number, runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && (run.start - last.end) * WINDOW_MS <= mostMs) last.end = run.end;
    else joined.push({ ...run });
  }
  return joined;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor((sorted.length - 1) * share)] ?? -Infinity;
}
