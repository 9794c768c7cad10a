/** Requests for ranges of one recording belong to one play until nobody has asked for this long. */
export const PLAY_PAUSE_MS = 600_000;

/** Tells the beginning of a play from its many range requests, so that each play leaves one trace. */
export class PlaySessions {
  private readonly lastRequestMs = new Map<string, number>();

  /** @returns whether this request goes on with a play that has already begun */
  continues(userId: string, recordingId: string, nowMs: number): boolean {
    this.forget(nowMs);
    const last = this.lastRequestMs.get(`${userId} ${recordingId}`);
    if (last === undefined) return false;
    this.note(userId, recordingId, nowMs);
    return true;
  }

  /** To be called once the trace is written, so that a failure to write it does not hide the next request. */
  note(userId: string, recordingId: string, nowMs: number): void {
    const key = `${userId} ${recordingId}`;
    // Put at the end: the map stays in the order of the last request.
    this.lastRequestMs.delete(key);
    this.lastRequestMs.set(key, nowMs);
  }

  private forget(nowMs: number): void {
    for (const [key, lastMs] of this.lastRequestMs) {
      if (nowMs - lastMs < PLAY_PAUSE_MS) return;
      this.lastRequestMs.delete(key);
    }
  }
}
