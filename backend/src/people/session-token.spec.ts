import { describe, expect, it } from '@jest/globals';
import { endedSessionCookie, hashOfToken, newToken, sessionCookie, tokenFrom } from './session-token.ts';

describe('a session token', () => {
  it('comes back from the cookie it was given in', () => {
    const token = newToken();
    expect(tokenFrom(`other=1; ${sessionCookie(token).split(';')[0] ?? ''}`)).toBe(token);
  });

  it('has 256 bits and is never the same', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken));
    expect(tokens.size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('is stored only as its hash', () => {
    const token = newToken();
    expect(hashOfToken(token)).toHaveLength(32);
    expect(hashOfToken(token).toString('base64url')).not.toContain(token.slice(0, 8));
  });

  it.each([
    undefined,
    '',
    '__Host-denwaban=',
    '__Host-denwaban=abc',
    'denwaban=' + 'a'.repeat(43),
    '__Host-denwaban=' + 'a'.repeat(44),
  ])('is not found in %s', (header) => {
    expect(tokenFrom(header)).toBeNull();
  });

  it('ends with a cookie that is already over', () => {
    expect(endedSessionCookie()).toMatch(/^__Host-denwaban=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });
});
