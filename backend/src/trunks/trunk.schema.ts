import { z } from 'zod';
import { DisplayName, Identifier, PeerAddress, Port, ProbeSeconds } from '../platform/schema.ts';
import { PrintableSecret } from '../platform/secret.schema.ts';

/** User names stand in SIP addresses and in pjsip.conf, where `;` starts a comment. */
const SipUser = z.string().regex(/^[A-Za-z0-9_.+-]{1,64}$/, '半角英数字と _ . + - で64文字以内にしてください');
const SipDomain = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'ドメイン名を入力してください');

/** Where an INVITE carries the dialled number: its request URI, `To`, or `P-Called-Party-ID` (RFC 7315, 4.2). */
export const NumberPlace = z.enum(['request-uri', 'to', 'p-called-party-id']).meta({ id: 'NumberPlace' });
export type NumberPlace = z.infer<typeof NumberPlace>;

/** How keys arrive: as events (RFC 4733), as tones in the sound, or whichever the other side offers. */
export const KeyTones = z.enum(['auto', 'events', 'inband']).meta({ id: 'KeyTones' });

/** How 184 is passed on: `prefix` as dialled before the number, `privacy` as RFC 3323 says (`Privacy: id`). */
export const Withholding = z.enum(['prefix', 'privacy']).meta({ id: 'Withholding' });
export type Withholding = z.infer<typeof Withholding>;

const common = {
  id: Identifier,
  name: DisplayName,
  host: PeerAddress,
  port: Port.default(5060),
  /** Absent = `request-uri` for a peer, `to` for a registration: there the request URI names our user. */
  numberIn: NumberPlace.optional(),
  /** Absent = `auto` for a peer, `inband` for a registration. */
  keys: KeyTones.optional(),
  /** Absent = `privacy` for a peer, `prefix` for a registration. */
  withholding: Withholding.optional(),
  /** RFC 4028. Absent = `accept`. */
  sessionTimers: z.enum(['no', 'accept', 'required']).optional(),
  /** How long a session lasts without being refreshed; absent = 1800. */
  sessionSeconds: z.int().min(90).max(7200).optional(),
  /** Reliable provisional answers (RFC 3262, 100rel). Absent = `supported`: sent to whoever requires them. */
  reliableProvisional: z.enum(['off', 'supported', 'required']).optional(),
  probeSeconds: ProbeSeconds,
};

/** Recognised by its address alone. */
const PeerTrunk = z.strictObject({ ...common, type: z.literal('peer') });

/**
 * The box registers there with a user name, as an extension does: ひかり電話 home gateways, IP telephony services. Defaults
 * are what a home gateway needs.
 */
const RegistrationTrunk = z.strictObject({
  ...common,
  type: z.literal('registration'),
  user: SipUser,
  /** For the digest, where that is another; absent = `user`. */
  authUser: SipUser.optional(),
  secret: PrintableSecret,
  /** Of our address; absent = the host. */
  domain: SipDomain.optional(),
  /** Asked for; the registrar decides. Absent = 3600. */
  expirySeconds: z.int().min(60).max(86_400).optional(),
});

/** 外線: a connection to the carrier or gateway. */
export const Trunk = z.discriminatedUnion('type', [PeerTrunk, RegistrationTrunk]).meta({ id: 'Trunk' });
export type Trunk = z.infer<typeof Trunk>;
export type RegistrationTrunk = z.infer<typeof RegistrationTrunk>;

/** How a trunk behaves, with what is not said filled in. */
export function behaviourOf(trunk: Trunk) {
  const registers = trunk.type === 'registration';
  return {
    numberIn: trunk.numberIn ?? (registers ? 'to' : 'request-uri'),
    keys: trunk.keys ?? (registers ? 'inband' : 'auto'),
    withholding: trunk.withholding ?? (registers ? 'prefix' : 'privacy'),
    sessionTimers: trunk.sessionTimers ?? 'accept',
    sessionSeconds: trunk.sessionSeconds ?? 1800,
    reliableProvisional: trunk.reliableProvisional ?? 'supported',
  } as const;
}
