/** A telephone's 8 kHz, mono, signed 16 bit. Everything a caller hears is kept so. */
export const SOUND_RATE = 8000;
export const SOUND_BYTES_PER_MS = (SOUND_RATE * 2) / 1000;

/** ITU-T P.56 active speech of telephone announcements sits about here, with room above. */
export const TARGET_DBFS = -20;

const WINDOW = 800;
/** Quieter than the loudest window by this factor of power is a pause between words. */
const PAUSE_FACTOR = 300;
/** Powers below this are nobody speaking, whatever else there is: -50 dBFS. */
const AUDIBLE_POWER = 1e-5;
const FULL_SCALE = 32_600;

/** What was measured of a sound before it was brought to `TARGET_DBFS`. */
export interface SoundLevel {
  durationMs: number;
  /** Mean of the stretches in which somebody speaks. -100 = nothing but zeros. */
  activeDbfs: number;
  peakDbfs: number;
  /** Share of all samples that are at the end of the scale. */
  clippedShare: number;
  /** Share of the tenths of a second in which nothing can be heard. */
  silentShare: number;
}

const toDb = (power: number) => 10 * Math.log10(Math.max(power, 1e-10));

/** @param pcm 16-bit little-endian samples. Quiet stretches (pauses between words) are left out of the mean. */
export function rmsDbfs(pcm: Buffer): number {
  const powers = windowPowers(pcm);
  const loudest = powers.reduce((most, power) => Math.max(most, power), 1e-10);
  const active = powers.filter((power) => power > loudest / PAUSE_FACTOR);
  return toDb(active.reduce((sum, power) => sum + power, 0) / Math.max(active.length, 1));
}

/** @param pcm 16-bit little-endian samples at `SOUND_RATE` */
export function measureSound(pcm: Buffer): SoundLevel {
  let [peak, clipped] = [0, 0];
  for (let at = 0; at + 2 <= pcm.length; at += 2) {
    const height = Math.abs(pcm.readInt16LE(at));
    if (height > peak) peak = height;
    if (height >= FULL_SCALE) clipped++;
  }
  const powers = windowPowers(pcm);
  return {
    durationMs: Math.round(pcm.length / SOUND_BYTES_PER_MS),
    activeDbfs: rmsDbfs(pcm),
    peakDbfs: toDb((peak / 32768) ** 2),
    clippedShare: clipped / Math.max(1, pcm.length / 2),
    silentShare: powers.filter((power) => power < AUDIBLE_POWER).length / Math.max(1, powers.length),
  };
}

/** Below the loudest sample by this factor is nothing that belongs to a word: 40 dB. */
const FAINT_FACTOR = 100;
/** A word begins and fades more softly than that. */
const KEPT_BYTES = 100 * SOUND_BYTES_PER_MS;

/** @param pcm 16-bit little-endian samples at `SOUND_RATE` @returns a view of it, up to a tenth of a second around what is heard */
export function withoutSilentEnds(pcm: Buffer): Buffer {
  const heights = Array.from({ length: Math.floor(pcm.length / 2) }, (_, index) =>
    Math.abs(pcm.readInt16LE(index * 2)),
  );
  const faint = heights.reduce((most, height) => Math.max(most, height), 0) / FAINT_FACTOR;
  const heard = (height: number) => height > faint;
  const [first, last] = [heights.findIndex(heard), heights.findLastIndex(heard)];
  return pcm.subarray(Math.max(0, first * 2 - KEPT_BYTES), last * 2 + 2 + KEPT_BYTES);
}

function windowPowers(pcm: Buffer): number[] {
  const powers: number[] = [];
  for (let start = 0; start + WINDOW * 2 <= pcm.length; start += WINDOW * 2) {
    let sum = 0;
    for (let index = 0; index < WINDOW; index++) sum += pcm.readInt16LE(start + index * 2) ** 2;
    powers.push(sum / WINDOW / 32768 ** 2);
  }
  return powers;
}
