import { createHash, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';

/** `__Host-`: the browser takes it only with Secure, Path=/ and no Domain, so no neighbour can plant one (RFC 6265bis 4.1.3.2). */
const COOKIE = '__Host-denwaban';
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** What is stored. The token has 256 random bits, so a plain hash cannot be searched for. */
export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const sessionCookie = (token: string): string => stringifySetCookie(COOKIE, token, ATTRIBUTES);

export const endedSessionCookie = (): string => stringifySetCookie(COOKIE, '', { ...ATTRIBUTES, maxAge: 0 });

/** @returns null when the request carries no token, or something that cannot be one */
export function tokenFrom(cookieHeader: string | undefined): string | null {
  const token = cookieHeader === undefined ? undefined : parseCookie(cookieHeader)[COOKIE];
  return token !== undefined && TOKEN.test(token) ? token : null;
}
