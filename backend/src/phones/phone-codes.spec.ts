import { readFileSync } from 'node:fs';
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

  it('is what Asterisk matches in a conversation', () => {
    const features = readFileSync(new URL('../../../asterisk/etc/features.conf', import.meta.url), 'utf8');
    const mapped = [...features.matchAll(/^([a-z-]+) => (\*\d)/gm)].map(([, name, code]) => [name, code]);
    const renamed: Record<string, string> = { atxfer: 'attended-transfer', blindxfer: 'blind-transfer' };
    expect(mapped.map(([name = '', code]) => [renamed[name] ?? name, code]).toSorted()).toEqual(
      PHONE_CODES.filter(({ when }) => when === 'talking')
        .map(({ id, code }) => [id as string, code])
        .toSorted(),
    );
  });
});
