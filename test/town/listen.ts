/** Judges audio by what a listener would notice: which tone, when, how loud, how long. Pure functions of samples. */

/** Signed 16-bit samples of one side. */
export interface Sound {
  sampleRate: number;
  samples: Int16Array;
}

/** The two sides of a recording: left = the outside party, right = our side (or: heard and said, for a party). */
export interface StereoSound {
  left: Sound;
  right: Sound;
}

export interface Interval {
  fromMs: number;
  toMs: number;
}

export interface ToneSearch {
  /** Length of the windows that are judged; short ones find short gaps but tell close tones apart badly. */
  windowMs?: number;
  /** Amplitude a tone must have to be heard, of 32767. */
  minAmplitude?: number;
}

const FULL_SCALE = 32_768;

export const durationMs = ({ samples, sampleRate }: Sound): number => (samples.length * 1000) / sampleRate;

export const slice = ({ samples, sampleRate }: Sound, { fromMs, toMs }: Interval): Sound => ({
  sampleRate,
  samples: samples.subarray(Math.round((fromMs * sampleRate) / 1000), Math.round((toMs * sampleRate) / 1000)),
});

/** RMS level in dB below full scale; -Infinity for digital silence and for no sound at all. */
export function levelDbfs({ samples }: Sound): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return 10 * Math.log10(power / (FULL_SCALE * FULL_SCALE));
}

/**
 * Amplitude (0..32767) of one frequency, by Goertzel's algorithm (G. Goertzel, "An Algorithm for the Evaluation of
 * Finite Trigonometric Series", 1958) generalised to frequencies between the bins.
 */
export function toneAmplitude({ samples, sampleRate }: Sound, frequencyHz: number): number {
  if (samples.length === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let previous = 0;
  let beforePrevious = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** Where a tone is heard, in whole windows. Neighbouring windows are joined. */
export function toneIntervals(
  sound: Sound,
  frequencyHz: number,
  { windowMs = 100, minAmplitude = 1500 }: ToneSearch = {},
): Interval[] {
  return intervalsWhere(sound, windowMs, (window) => toneAmplitude(window, frequencyHz) >= minAmplitude);
}

/** Where anything louder than `thresholdDbfs` is heard: speech, music or tones. */
export function soundIntervals(sound: Sound, thresholdDbfs = -45, windowMs = 100): Interval[] {
  return intervalsWhere(sound, windowMs, (window) => levelDbfs(window) >= thresholdDbfs);
}

/** Where something is heard that is none of these tones, e.g. an announcement or speech. */
export function otherSoundIntervals(sound: Sound, tonesHz: number[], thresholdDbfs = -45, windowMs = 100): Interval[] {
  return intervalsWhere(sound, windowMs, (window) => {
    const level = levelDbfs(window);
    const tonePower = tonesHz.reduce((sum, hz) => sum + toneAmplitude(window, hz) ** 2 / 2, 0);
    const share = tonePower / (FULL_SCALE ** 2 * 10 ** (level / 10));
    return level >= thresholdDbfs && share < 0.5;
  });
}

export const totalMs = (intervals: Interval[]): number =>
  intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

/** The longest that it lasts at a stretch; 0 when nothing is heard. */
export const longestMs = (intervals: Interval[]): number =>
  intervals.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0);

/** The longest silence between the first and the last interval; 0 when there is none. */
export function longestGapMs(intervals: Interval[]): number {
  return intervals.reduce((longest, { fromMs }, index) => {
    const before = intervals[index - 1];
    return before ? Math.max(longest, fromMs - before.toMs) : longest;
  }, 0);
}

/** A sine as a phone would send it. */
export function sine(frequencyHz: number, lengthMs: number, amplitude = 7000, sampleRate = 8000): Sound {
  const samples = Int16Array.from({ length: Math.round((lengthMs * sampleRate) / 1000) }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate)),
  );
  return { sampleRate, samples };
}

function intervalsWhere(sound: Sound, windowMs: number, heard: (window: Sound) => boolean): Interval[] {
  const found: Interval[] = [];
  for (let fromMs = 0; fromMs + windowMs <= durationMs(sound) + 0.5; fromMs += windowMs) {
    const window = { fromMs, toMs: fromMs + windowMs };
    if (!heard(slice(sound, window))) continue;
    const last = found.at(-1);
    if (last?.toMs === fromMs) last.toMs = window.toMs;
    else found.push(window);
  }
  return found;
}
