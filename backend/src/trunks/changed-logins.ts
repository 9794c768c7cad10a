import { trunkEndpoint } from '../asterisk/dialplan-names.ts';
import type { RegistrationTrunk, Trunk } from './trunk.schema.ts';

interface Trunks {
  trunks: readonly Trunk[];
}

/**
 * Registrations that Asterisk takes for unchanged, because only what they log in with is another: it would go on with the
 * former registration until that has to be renewed, or wait for its next turn after a refusal.
 * @param former null = nobody knows what Asterisk has registered with
 * @returns their endpoints
 */
export function changedLogins({ trunks }: Trunks, former: Trunks | null): string[] {
  return trunks.filter(isRegistration).flatMap((trunk) => {
    const before = former?.trunks.filter(isRegistration).find(({ id }) => id === trunk.id);
    return before && login(before) !== login(trunk) ? trunkEndpoint(trunk.id) : [];
  });
}

const isRegistration = (trunk: Trunk): trunk is RegistrationTrunk => trunk.type === 'registration';

const login = ({ user, authUser = user, secret }: RegistrationTrunk): string => JSON.stringify([authUser, secret]);
