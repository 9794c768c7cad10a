/** What a benchmark prints: a figure, and what it is to be compared with, taken in the same run. */
export interface Figure {
  what: string;
  measured: string;
  baseline: string;
  baselineIs: string;
}

/** Nearest rank: the value that `share` of all do not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const SHARES = [0.5, 0.95, 0.99];

/** p50 / p95 / p99 */
export const spread = (values: number[]): string =>
  `${SHARES.map((share) => percentile(values, share).toFixed(1)).join(' / ')} ms (n=${values.length})`;

export function printFigures(figures: Figure[]): void {
  for (const { what, measured, baseline, baselineIs } of figures) {
    console.log(`\n${what}\n  measured  ${measured}\n  baseline  ${baseline}\n            ${baselineIs}`);
  }
}
