import { z } from 'zod';
import { DialledNumber, DisplayName, Identifier, PeerAddress, Port, ProbeSeconds } from '../platform/schema.ts';
import { Secret } from '../platform/secret.schema.ts';

const Extension = z.string().regex(/^[0-9]{2,8}$/, '内線番号は2〜8桁の数字にしてください');

/** Which numbers outside a phone may call; emergency calls are always possible. `domestic` = none by which calls leave Japan. */
export const OutsideCalls = z.enum(['none', 'domestic', 'all']).meta({ id: 'OutsideCalls' });
export type OutsideCalls = z.infer<typeof OutsideCalls>;

const common = {
  id: Identifier,
  name: DisplayName,
  extension: Extension,
  /** Absent = `domestic`. Nothing is possible in a document without `outgoing`. */
  outside: OutsideCalls.optional(),
  /** 着信番号 that is shown to whoever is called; absent = that of the phone's desk. */
  line: Identifier.optional(),
};

/** 電話機 that registers with the box. Its SIP user name is its extension. */
const SipPhone = z.strictObject({
  ...common,
  type: z.literal('sip'),
  secret: Secret,
  /** `tls` = signalling by TLS and sound by SRTP, nothing else. Absent = `udp`. */
  transport: z.enum(['udp', 'tls']).optional(),
});

/** 電話機 behind the existing business phone: reached by dialling `number` at the pbx, recognised by it when it calls. */
const PbxPhone = z.strictObject({ ...common, type: z.literal('pbx'), number: DialledNumber });

export const Phone = z.discriminatedUnion('type', [SipPhone, PbxPhone]).meta({ id: 'Phone' });
export type Phone = z.infer<typeof Phone>;

/** 主装置: the existing business phone system, a SIP peer recognised by its address. */
export const Pbx = z
  .strictObject({ name: DisplayName, host: PeerAddress, port: Port.default(5060), probeSeconds: ProbeSeconds })
  .meta({ id: 'Pbx' });
export type Pbx = z.infer<typeof Pbx>;
