/** Long enough to begin a download again that broke off, short enough not to be found later. */
export const HELD_MS = 15 * 60_000;

/**
 * Passphrases between their being typed and the download they are for. In memory only: gone with the process, after the
 * time, and once the download is complete.
 */
export class HeldPassphrases {
  private readonly held = new Map<string, { passphrase: string; untilMs: number; timer: NodeJS.Timeout }>();

  hold(exportId: string, passphrase: string, nowMs: number): void {
    this.forget(exportId);
    const timer = setTimeout(() => this.held.delete(exportId), HELD_MS);
    timer.unref();
    this.held.set(exportId, { passphrase, untilMs: nowMs + HELD_MS, timer });
  }

  find(exportId: string, nowMs: number): string | null {
    const found = this.held.get(exportId);
    return found && nowMs < found.untilMs ? found.passphrase : null;
  }

  forget(exportId: string): void {
    clearTimeout(this.held.get(exportId)?.timer);
    this.held.delete(exportId);
  }
}
