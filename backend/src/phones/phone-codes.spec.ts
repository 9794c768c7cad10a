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

  const etc = (file: string) => readFileSync(new URL(`../../../asterisk/etc/${file}`, import.meta.url), 'utf8');
  const mapped = [...etc('features.conf').matchAll(/^([a-z-]+) => (\*\d)/gm)].map(([, name = '', code]) => [
    name,
    code,
  ]);
  const talking = PHONE_CODES.filter(({ when }) => when === 'talking');

  it('is what Asterisk matches in a conversation', () => {
    const renamed: Record<string, string> = { atxfer: 'attended-transfer', blindxfer: 'blind-transfer' };
    const common = mapped.filter(([name = '']) => !/^no-|-own-/.test(name));
    expect(common.map(([name = '', code]) => [renamed[name] ?? name, code]).toSorted()).toEqual(
      talking.map(({ id, code }) => [id as string, code]).toSorted(),
    );
  });

  it('leaves no code unanswered on a phone that calls a colleague', () => {
    const [, given = ''] =
      /^exten => colleague,1,Set\(DYNAMIC_FEATURES=([^)]*)\)/m.exec(etc('extensions-codes.conf')) ?? [];
    const codes = given.split('#').map((feature) => mapped.find(([name]) => name === feature)?.[1]);
    expect(codes.toSorted()).toEqual(talking.map(({ code }) => code).toSorted());
  });
});
