/** From being told that there is a place until the browser has asked for the archive. */
export const RESERVED_MS = 20_000;

/** How many archives are made at once, and for whom a place is kept. */
export class DownloadPlaces {
  /** By export: until when a place is kept; for ever while it is downloaded. */
  private readonly taken = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Keeps a place for a while; asking again keeps it longer. @returns whether there is one */
  reserve(exportId: string, nowMs: number): boolean {
    if (!this.hasPlace(exportId, nowMs)) return false;
    if (!this.isUnderWay(exportId)) this.taken.set(exportId, nowMs + RESERVED_MS);
    return true;
  }

  /** Takes a place until it is left. @returns whether there is one; not for an export that has taken one already */
  take(exportId: string, nowMs: number): boolean {
    if (this.isUnderWay(exportId) || !this.hasPlace(exportId, nowMs)) return false;
    this.taken.set(exportId, Number.POSITIVE_INFINITY);
    return true;
  }

  leave(exportId: string): void {
    this.taken.delete(exportId);
  }

  isUnderWay(exportId: string): boolean {
    return this.taken.get(exportId) === Number.POSITIVE_INFINITY;
  }

  private hasPlace(exportId: string, nowMs: number): boolean {
    for (const [id, untilMs] of this.taken) if (untilMs <= nowMs) this.taken.delete(id);
    return this.taken.has(exportId) || this.taken.size < this.most;
  }
}
