import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Stands in place of a secret that is kept: in what is told, and in what is handed back unchanged. */
export const KEPT_SECRET = '********';

const kept = z.literal(KEPT_SECRET);

/** Chosen by us. Secrets are written into pjsip.conf, where `;` starts a comment; hence the narrow alphabet. */
export const Secret = z.union([
  z.string().regex(/^[A-Za-z0-9_-]{12,64}$/, '半角英数字・_・- で12〜64文字にしてください'),
  kept,
]);

/** Chosen by others: all that can be printed but what means something in Asterisk's files. */
export const PrintableSecret = z.union([
  z.string().regex(/^(?!\*{8}$)[!#-:<-[\]-~]{1,64}$/, '半角の英数字と記号(; " \\ を除く)で64文字以内にしてください'),
  kept,
]);

/** @returns 24 characters, 144 bits */
export const freshSecret = (): string => randomBytes(18).toString('base64url');
