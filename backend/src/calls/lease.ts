import { AmiCommands } from '../asterisk/ami-commands.ts';
import { LEASE_SECONDS } from '../asterisk/dialplan-names.ts';

const RENEW_EVERY_MS = 1000;
/** For the way of a renewal to Asterisk. */
const MARGIN_MS = 500;

/**
 * The lease on which a claimed call stands. A process that was stopped for a while (SIGSTOP, an overloaded machine) has
 * lost its calls to the dialplan without knowing it yet: a renewal then would set a time limit on the conversation and
 * cut it off 3 s later. So the holder trusts its own clock and renews nothing that may have run out.
 */
export class Lease {
  private heldUntilMs: number;

  /** @param ageMs how long ago Asterisk said that the call is ours */
  constructor(
    private readonly variables: AmiCommands,
    private readonly channelId: string,
    ageMs: number,
  ) {
    this.heldUntilMs = heldUntilMs(performance.now() - ageMs);
  }

  /**
   * Renews at once and each second, as long as the step makes progress. A renewal that fails is not told: the next one
   * follows in time, or the dialplan takes the call back, which is what the lease is for.
   * @param makesProgress asked before each renewal
   * @returns what ends the renewing; resolves when no renewal is on its way any more, because one that arrived after the
   * call was handed to the dialplan would cut it off too
   */
  keepWhile(makesProgress: () => boolean): () => Promise<void> {
    let underWay: Promise<unknown> = Promise.resolve();
    const renew = () => {
      if (makesProgress()) underWay = Promise.all([underWay, this.renew()]);
    };
    renew();
    const timer = setInterval(renew, RENEW_EVERY_MS);
    return async () => {
      clearInterval(timer);
      await underWay;
    };
  }

  private async renew(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs >= this.heldUntilMs) return;
    try {
      await this.variables.setVariable(this.channelId, 'TIMEOUT(absolute)', String(LEASE_SECONDS));
      this.heldUntilMs = Math.max(this.heldUntilMs, heldUntilMs(nowMs));
    } catch {
      // see keepWhile
    }
  }
}

const heldUntilMs = (sinceMs: number): number => sinceMs + LEASE_SECONDS * 1000 - MARGIN_MS;
