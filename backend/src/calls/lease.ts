import { AmiCommands } from '../asterisk/ami-commands.ts';
import { LEASE_SECONDS } from '../asterisk/dialplan-names.ts';

const RENEW_EVERY_MS = 1000;

/**
 * Renews the lease of a claimed call at once and each second, as long as the step makes progress. A renewal that fails
 * is not told: the next one follows in time, or the dialplan takes the call back, which is what the lease is for.
 * @param makesProgress asked before each renewal
 * @returns what ends the renewing; resolves when no renewal is on its way any more, because one that arrived after the
 * call was handed to the dialplan would cut it off 3 s later
 */
export function keepLease(commands: AmiCommands, channelId: string, makesProgress: () => boolean): () => Promise<void> {
  let underWay: Promise<unknown> = Promise.resolve();
  const renew = () => {
    if (!makesProgress()) return;
    const renewal = commands.setVariable(channelId, 'TIMEOUT(absolute)', String(LEASE_SECONDS));
    underWay = Promise.allSettled([underWay, renewal]);
  };
  renew();
  const timer = setInterval(renew, RENEW_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
