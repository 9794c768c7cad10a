import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Notice } from './notice.schema.ts';
import { SHIPPED_AUDIO, SHIPPED_NOTICES } from './shipped-notices.ts';

interface Prompt {
  id: string;
  text: string;
  kana: string;
  audience?: 'staff';
}

const prompts = JSON.parse(
  readFileSync(new URL('../../../asterisk/prompts/prompts.json', import.meta.url), 'utf8'),
) as Prompt[];

const dialplanFolder = new URL('../../../asterisk/etc/', import.meta.url);
const dialplan = readdirSync(dialplanFolder)
  .map((name) => readFileSync(new URL(name, dialplanFolder), 'utf8'))
  .join('');

describe('what the box says by itself', () => {
  it('is there, each digit of an extension as well', () => {
    const said = [...dialplan.matchAll(/prompts}?\/([a-z]+(?:-[a-z]+)*)(?![a-z-]*\$)/g)].map(([, id]) => id);
    expect(said.length).toBeGreaterThan(10);
    const known = [...prompts.map(({ id }) => id), 'hold-melody'];
    const digits = Array.from('0123456789', (digit) => `staff-digit-${digit}`);
    expect([...said, ...digits].filter((id) => id !== undefined && !known.includes(id))).toEqual([]);
  });
});

describe('notices that come with the box', () => {
  it('say what the prompts say', () => {
    expect(SHIPPED_NOTICES.map(({ audio, text }) => ({ id: audio, text }))).toEqual(
      prompts.filter(({ audience }) => audience !== 'staff').map(({ id, text }) => ({ id, text })),
    );
  });

  it('are valid notices with ids of their own', () => {
    for (const notice of SHIPPED_NOTICES) expect(Notice.parse(notice)).toEqual(notice);
    expect(SHIPPED_AUDIO.size).toBe(SHIPPED_NOTICES.length);
  });

  it('have readings that the synthesiser can speak: it reads no kanji and no digits', () => {
    for (const { kana } of prompts) expect(kana).toMatch(/^[\p{Script=Hiragana}ー、。 ]+$/u);
  });
});
