import type { Mix } from '../formats/mixed-wav.ts';

/** Requests for parts of one recording belong to one play until nobody has asked for this long. */
export const PLAY_PAUSE_MS = 600_000;

/** What of a recording is heard: both sides as they were recorded, or one channel. */
export type Hearing = 'stereo' | Mix;

/** A part of a recording, in milliseconds from its beginning; `toMs` not included. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/** One play: the many requests that a player makes while somebody listens. */
export class PlaySession {
  private readonly told = new Map<Hearing, Stretch[]>();

  /** @param id of the audit event that says who began to listen, and why */
  constructor(readonly id: string) {}

  /** @returns whether all of it is on record already */
  isTold(hearing: Hearing, { fromMs, toMs }: Stretch): boolean {
    return (this.told.get(hearing) ?? []).some((stretch) => stretch.fromMs <= fromMs && toMs <= stretch.toMs);
  }

  /** To be called once it is on record. */
  noteTold(hearing: Hearing, stretch: Stretch): void {
    this.told.set(hearing, joined([...(this.told.get(hearing) ?? []), stretch]));
  }
}

/** Overlapping and touching stretches as one. */
function joined(stretches: Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (last && stretch.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, stretch.toMs);
    else result.push({ ...stretch });
  }
  return result;
}

/** Tells the beginning of a play from its many range requests, so that each play leaves one trace of its beginning. */
export class PlaySessions {
  private readonly sessions = new Map<string, { session: PlaySession; lastRequestMs: number }>();

  /** @returns the play that this request goes on with; null when it begins one */
  current(userId: string, recordingId: string, nowMs: number): PlaySession | null {
    this.forget(nowMs);
    const found = this.sessions.get(`${userId} ${recordingId}`);
    if (!found) return null;
    this.note(userId, recordingId, found.session, nowMs);
    return found.session;
  }

  /** To be called once the trace is written, so that a failure to write it does not hide the next request. */
  note(userId: string, recordingId: string, session: PlaySession, nowMs: number): void {
    const key = `${userId} ${recordingId}`;
    // Put at the end: the map stays in the order of the last request.
    this.sessions.delete(key);
    this.sessions.set(key, { session, lastRequestMs: nowMs });
  }

  private forget(nowMs: number): void {
    for (const [key, { lastRequestMs }] of this.sessions) {
      if (nowMs - lastRequestMs < PLAY_PAUSE_MS) return;
      this.sessions.delete(key);
    }
  }
}
