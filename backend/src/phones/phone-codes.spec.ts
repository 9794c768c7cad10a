import { describe, expect, it } from '@jest/globals';
import { PHONE_CODES } from './phone-codes.ts';

describe('the table of phone codes', () => {
  it.each(['talking', 'idle'] as const)('has no code that begins as another does: %s', (when) => {
    const codes = PHONE_CODES.filter((one) => one.when === when).map(({ code }) => code);
    const clashes = codes.filter((code, index) => codes.some((other, at) => at !== index && other.startsWith(code)));
    expect(clashes).toEqual([]);
  });

  it('names each code once', () => {
    const ids = PHONE_CODES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
