import { z } from 'zod';

/** Machine name of a configured thing: stands in dialplan contexts and file names, so nothing but `a-z0-9-`. */
export const Identifier = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, '半角の英小文字・数字・ハイフンで40文字以内にしてください');

/** Neither control characters nor halves of characters, which no database keeps. */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}]*$/u;
export const NOT_ONE_LINE = '制御文字は使えません';

/** A name people read. May be Japanese; no control characters, because it ends up in SIP headers and logs. */
export const DisplayName = z
  .string()
  .trim()
  .min(1, '名称を入力してください')
  .max(60, '60文字以内にしてください')
  .regex(ONE_LINE, NOT_ONE_LINE);

/** Digits as dialled, with an optional leading `+`. */
export const DialledNumber = z.string().regex(/^\+?[0-9]{1,20}$/, '数字(先頭のみ + 可)で20桁以内にしてください');

/** An IPv4 address. SIP peers are identified by address, so names are not accepted. */
export const PeerAddress = z.ipv4('IPv4アドレスを入力してください');

export const Port = z.int().min(1).max(65535);

/** How often the other side is asked (OPTIONS) whether it is there, in seconds; 0 = never; absent = `PROBE_SECONDS`. */
export const ProbeSeconds = z.int().min(0).max(3600).optional();
export const PROBE_SECONDS = 30;

/** Instants travel as ISO 8601 in UTC with milliseconds. */
export const Instant = z.iso.datetime({ offset: true });
