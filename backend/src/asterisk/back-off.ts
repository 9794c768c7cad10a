const FIRST_MS = 200;
const LAST_MS = 5000;

/**
 * How long to wait before the next attempt: doubling from 0.2 s to 5 s, shortened by up to a quarter so that several
 * processes do not come back in step.
 * @param attempt 0 for the first retry
 * @param random from 0 to 1
 */
export function backOffMs(attempt: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** Math.min(attempt, 16), LAST_MS);
  return Math.round(full * (1 - random / 4));
}
