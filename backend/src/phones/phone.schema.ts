import { z } from 'zod';
import { DialledNumber, DisplayName, Identifier, PeerAddress, Port } from '../platform/schema.ts';

/** Secrets are written into pjsip.conf, where `;` starts a comment; hence the narrow alphabet. */
const Secret = z.string().regex(/^[A-Za-z0-9_-]{12,64}$/, '半角英数字・_・- で12〜64文字にしてください');

const Extension = z.string().regex(/^[0-9]{2,8}$/, '内線番号は2〜8桁の数字にしてください');

/** 電話機 that registers with the box. Its SIP user name is its extension. */
const SipPhone = z.strictObject({
  id: Identifier,
  name: DisplayName,
  type: z.literal('sip'),
  extension: Extension,
  secret: Secret,
});

/** 電話機 behind the existing business phone: reached by dialling `number` at the pbx. */
const PbxPhone = z.strictObject({
  id: Identifier,
  name: DisplayName,
  type: z.literal('pbx'),
  extension: Extension,
  number: DialledNumber,
});

export const Phone = z.discriminatedUnion('type', [SipPhone, PbxPhone]).meta({ id: 'Phone' });
export type Phone = z.infer<typeof Phone>;

/** 主装置: the existing business phone system, a SIP peer recognised by its address. */
export const Pbx = z
  .strictObject({ name: DisplayName, host: PeerAddress, port: Port.default(5060) })
  .meta({ id: 'Pbx' });
export type Pbx = z.infer<typeof Pbx>;
