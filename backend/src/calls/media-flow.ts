/** Packets of a channel, counted at a moment. */
export interface MediaSample {
  atMs: number;
  packets: number;
}

/** Two counts that are nearer to each other tell nothing. */
const APART_MS = 900;
/** A side that speaks sends 50 a second; comfort noise and stragglers are fewer. */
const LEAST_PER_SECOND = 20;

/** @returns whether sound comes or goes; null when it is too early to say */
export function mediaFlows(before: MediaSample, now: MediaSample): boolean | null {
  const elapsedMs = now.atMs - before.atMs;
  if (elapsedMs < APART_MS) return null;
  return ((now.packets - before.packets) * 1000) / elapsedMs >= LEAST_PER_SECOND;
}
