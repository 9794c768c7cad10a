import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const ETC = new URL('../../../asterisk/etc/', import.meta.url);

it('no call follows a phone that sends it elsewhere: each Dial() of the dialplan has the option i', () => {
  const dials = readdirSync(ETC)
    .filter((name) => name.startsWith('extensions'))
    .flatMap((name) => readFileSync(new URL(name, ETC), 'utf8').split('\n'))
    .filter((line) => /\bDial\(/.test(line) && !line.startsWith(';'));
  expect(dials.length).toBeGreaterThan(5);
  expect(dials.filter((line) => !/,[a-z]*i[a-z]*[bU]\(/.test(line))).toEqual([]);
});
