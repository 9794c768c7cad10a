/**
 * What a caller's number can be, by Japan's numbering plan (電気通信番号計画, 令和元年総務省告示第6号) and E.164. Written as
 * Asterisk's patterns (`X` = 0-9, `Z` = 1-9), because the dialplan asks the same list. Wide on purpose: a possible number
 * that is nobody's is no reason to turn a caller away, and new ranges are opened every few years.
 */
export const NUMBER_PATTERNS: readonly string[] = [
  // 0AB-J and the services written like it: 0120, 0180, 0570, 0990.
  '0ZZXXXXXXX',
  // 020 machines, 050 IP telephony, 060/070/080/090 mobile.
  '0[256789]0ZXXXXXXX',
  '0800XXXXXXX',
  '0200XXXXXXXXXX',
  // 110, 118, 119, 104, 171, 188 ...
  '1XX',
  // E.164: at most 15 digits with the country code; the shortest in use have seven.
  ...Array.from({ length: 9 }, (_, index) => `+Z${'X'.repeat(index + 6)}`),
];

const MEANING: Record<string, string> = { X: '[0-9]', Z: '[1-9]', '+': '\\+' };
const possible = NUMBER_PATTERNS.map(
  (pattern) => new RegExp(`^${pattern.replace(/[XZ+]/g, (letter) => MEANING[letter] ?? letter)}$`),
);

/** @param number in national form, as calls are stored; Japan's own numbers do not begin with +81 in it */
export const isPossibleNumber = (number: string): boolean => possible.some((pattern) => pattern.test(number));
