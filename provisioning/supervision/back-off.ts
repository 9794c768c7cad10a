export const BACK_OFF = { firstMs: 500, longestMs: 30_000, stableMs: 60_000 } as const;

/**
 * How long to wait before a process is started again.
 * @param failures ends in a row so far, this one included
 */
export const delayBeforeRestart = (failures: number): number =>
  Math.min(BACK_OFF.firstMs * 2 ** Math.max(0, failures - 1), BACK_OFF.longestMs);

/**
 * Counts ends in a row; a process that ran long enough has proved itself and starts from one again.
 * @param ranMs how long it ran this time
 */
export const failuresAfter = (failuresBefore: number, ranMs: number): number =>
  ranMs >= BACK_OFF.stableMs ? 1 : failuresBefore + 1;
