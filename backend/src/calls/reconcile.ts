/** A journal without an end. */
export interface OpenCall {
  callId: string;
  /** Asterisk's id of the channel whose call it is; empty when the journal does not tell. */
  channelId: string;
  /** When its journal or its recording was last written. */
  writtenAtMs: number;
}

export interface Reachable {
  channelIds: ReadonlySet<string>;
  /** Calls that the variables of living channels name: a channel can take the place of another. */
  callIds: ReadonlySet<string>;
  /** How long Asterisk has been reachable without a break. */
  sinceMs: number;
}

export type Reconciliation = { end: OpenCall[] } | { heldBack: number };

/** Two lines of a living call can be this far apart from what its channel shows. */
const GRACE_MS = 5000;
/** An Asterisk that was only just reached may not show all it has. */
const TRUSTED_AFTER_MS = 10_000;
const FEW_CALLS = 4;

export const lives = (call: OpenCall, reachable: Reachable): boolean =>
  reachable.channelIds.has(call.channelId) || reachable.callIds.has(call.callId);

/**
 * Which calls have ended without anybody writing it down.
 * @returns `heldBack` when it would be most calls and Asterisk has only just been reached: look again later
 */
export function reconcile(open: readonly OpenCall[], reachable: Reachable, nowMs: number): Reconciliation {
  const lost = open.filter((call) => !lives(call, reachable));
  const most = open.length > FEW_CALLS && lost.length > open.length / 2;
  if (most && reachable.sinceMs < TRUSTED_AFTER_MS) return { heldBack: lost.length };
  return { end: lost.filter(({ writtenAtMs }) => nowMs - writtenAtMs > GRACE_MS) };
}
