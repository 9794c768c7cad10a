import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textParts, tidyKana, wordKana, wordsKana } from './kana-reading.ts';

describe('what a text is made of', () => {
  it('takes numbers out, with the counter whose reading depends on them', () => {
    expect(textParts('午前8時30分から')).toEqual([
      { words: '午前' },
      { kana: 'はちじ' },
      { kana: 'さんじゅっぷん' },
      { words: 'から' },
    ]);
  });

  it('reads telephone numbers digit by digit, also in full-width figures', () => {
    expect(textParts('0123-45へ')).toEqual([{ kana: 'ぜろ いち に さん、よん ご' }, { words: 'へ' }]);
    expect(textParts('1,200円')).toEqual([{ kana: 'せんにひゃく' }, { words: '円' }]);
  });

  it('knows the word of every office that the dictionary misreads', () => {
    expect(textParts('本日は開庁日です')).toEqual([{ words: '本日は' }, { kana: 'かいちょうび' }, { words: 'です' }]);
  });

  it('has no line breaks in it, whatever came in: each piece is one line of the dictionary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const part of textParts(text)) if ('words' in part) expect(part.words).not.toMatch(/\n/);
      }),
    );
  });
});

describe('kana of a word', () => {
  it('is spoken as particles are, and stands apart when it is a word of its own', () => {
    const lines = [
      '業務\t名詞,一般,*,*,*,*,業務,ギョウム,ギョーム',
      'は\t助詞,係助詞,*,*,*,*,は,ハ,ワ',
      '終了\t名詞,サ変接続,*,*,*,*,終了,シュウリョウ,シューリョー',
      'いたし\t動詞,非自立,*,*,五段・サ行,連用形,いたす,イタシ,イタシ',
      '。\t記号,句点,*,*,*,*,。,。,。',
    ];
    expect(tidyKana(wordsKana(lines))).toBe('ぎょうむわ しゅうりょういたし。');
  });

  it('is that of its letters for a word of Latin letters, which no dictionary has', () => {
    expect(wordKana('FAX\t名詞,固有名詞,組織,*,*,*,*')).toBe(' えふえーえっくす');
    expect(wordKana('a\t名詞,一般,*,*,*,*,*')).toBe(' えー');
  });

  it('is nothing for what nobody can read', () => {
    expect(wordKana('★\t記号,一般,*,*,*,*,★,★,★')).toBe('');
  });
});
