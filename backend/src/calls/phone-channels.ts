import type { Phone } from '../phones/phone.schema.ts';

/**
 * @param channelName as Asterisk names it, e.g. `PJSIP/201-0000002a`
 * @returns id of the phone whose channel it is; null for anybody else
 */
export function phoneOfChannel(channelName: string, phones: readonly Pick<Phone, 'id' | 'extension'>[]): string | null {
  const extension = /^PJSIP\/(\d+)-[0-9a-f]+$/.exec(channelName)?.[1];
  return phones.find((phone) => phone.extension === extension)?.id ?? null;
}
