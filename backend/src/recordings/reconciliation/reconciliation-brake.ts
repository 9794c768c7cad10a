import { type ReconciliationCounts } from './reconciliation.schema.ts';

/** So many may always be wrong, even on a box with hardly any recordings ... */
const ALWAYS_CREDIBLE = 5;
/** ... so many never at once ... */
const NEVER_CREDIBLE = 50;
/** ... and in between this share of all. */
const CREDIBLE_SHARE = 0.1;

/** How many of `all` may be missing or too many before it is rather the wrong disk, or the wrong database. */
export const credible = (all: number): number =>
  Math.min(NEVER_CREDIBLE, Math.max(ALWAYS_CREDIBLE, Math.floor(all * CREDIBLE_SHARE)));

/** Whether to stop and alarm instead of acting on what was found. */
export function mustBrake({ rows, files, found }: Pick<ReconciliationCounts, 'rows' | 'files' | 'found'>): boolean {
  const damaged = (found['file-missing'] ?? 0) + (found['size-differs'] ?? 0) + (found['content-differs'] ?? 0);
  const unknown = found['file-without-recording'] ?? 0;
  return damaged > credible(rows) || unknown > credible(files);
}
