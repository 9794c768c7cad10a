import type { RecordingPeaks } from '../recording.schema.ts';

/** More pairs than any screen has pixels; keeps the answer for a call of hours below a few hundred kilobytes. */
const MAX_PAIRS = 20_000;

/**
 * Turns stored peaks into what is drawn, coarser for a long recording.
 * @param stored see `RecordingEntity.peaks`
 * @param perSecond pairs a second in `stored`
 */
export function peaksForDrawing(stored: Buffer, perSecond: number, maxPairs = MAX_PAIRS): RecordingPeaks {
  const values = new Int8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  const half = values.length / 2;
  const coarseness = coarsenessFor(half / 2, perSecond, maxPairs);
  return {
    perSecond: perSecond / coarseness,
    left: sideForDrawing(values.subarray(0, half), coarseness),
    right: sideForDrawing(values.subarray(half), coarseness),
  };
}

/** The least divisor of `perSecond`, so that the coarser rate is whole too, that brings `pairs` down to `maxPairs`. */
function coarsenessFor(pairs: number, perSecond: number, maxPairs: number): number {
  for (let divisor = 1; divisor < perSecond; divisor++) {
    if (perSecond % divisor === 0 && pairs / divisor <= maxPairs) return divisor;
  }
  return perSecond;
}

function sideForDrawing(values: Int8Array, coarseness: number): number[] {
  const drawn: number[] = [];
  for (let pair = 0; pair < values.length / 2; pair += coarseness) {
    let minimum = 127;
    let maximum = -128;
    for (let at = pair * 2; at < Math.min((pair + coarseness) * 2, values.length); at += 2) {
      minimum = Math.min(minimum, values[at] ?? 0);
      maximum = Math.max(maximum, values[at + 1] ?? 0);
    }
    drawn.push(toFraction(minimum), toFraction(maximum));
  }
  return drawn;
}

const toFraction = (peak: number) => Math.round((peak / 128) * 1000) / 1000;
