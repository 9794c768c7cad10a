import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openJtalkLines, tracedReading } from './open-jtalk.ts';

/** The array that it reads a line into, and what it makes of a letter of any kind at most. */
const [LINE_BYTES, LETTER_BYTES] = [1024, 3];

const letters = (text: string) => text.normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '');

describe('the lines that Open JTalk is given', () => {
  it('are one, when the text is short', () => {
    expect(openJtalkLines(' 本日は、\n  閉庁日です。 ')).toEqual(['本日は、。閉庁日です。']);
  });

  it('end behind a sentence, else behind a comma or a space, else anywhere', () => {
    const [sentence, phrase] = [`${'あ'.repeat(69)}。`, `${'い'.repeat(69)}、`];
    expect(openJtalkLines(sentence + phrase + phrase)).toEqual([sentence, phrase, phrase]);
    expect(openJtalkLines('えお '.repeat(40))[0]).toHaveLength(99);
    expect(openJtalkLines('う'.repeat(400)).map(({ length }) => length)).toEqual([100, 100, 100, 100]);
  });

  it('have room in it, and hold every letter of whatever text in order', () => {
    const texts = fc.string({
      unit: fc.constantFrom('本', 'ｱ', 'ﾞ', 'a', '1', '。', '、', '！', '\n', '\0', '😀', '𠮷', '-', ' ', '㌔'),
    });
    const more = fc.string({ unit: 'grapheme', maxLength: 600 });
    fc.assert(
      fc.property(
        fc.oneof(texts, more, fc.string({ unit: fc.constant('A'), minLength: 300, maxLength: 1000 })),
        (text) => {
          const lines = openJtalkLines(text);
          expect(letters(lines.join(''))).toBe(letters(text));
          for (const line of lines) {
            expect(line).not.toMatch(/\p{Cc}/u);
            const bytes = Array.from(line).reduce(
              (sum, letter) => sum + Math.max(LETTER_BYTES, Buffer.byteLength(letter)),
              0,
            );
            expect(bytes).toBeLessThan(LINE_BYTES);
          }
        },
      ),
    );
  });

  it('are none when there is nothing to be read', () => {
    for (const text of ['', ' \n ', '★', '😀！？', '\u0000\u001b', '…。、']) expect(openJtalkLines(text)).toEqual([]);
  });
});

describe('how Open JTalk reads a text', () => {
  const trace = [
    '[Text analysis result]',
    'お,接頭詞,名詞接続,*,*,*,*,お,オ,オ,6/1,P2,-1',
    '電話,名詞,サ変接続,*,*,*,*,電話,デンワ,デンワ,0/3,C2,1',
    'は,助詞,係助詞,*,*,*,*,は,ハ,ワ,0/1,名詞%F1,1',
    '、,記号,読点,*,*,*,*,、,、,、,0/0,*,0',
    '三,名詞,数,*,*,*,*,三,サン,サン,0/2,C3,0',
    '十,名詞,数,*,*,*,*,十,ジュウ,ジュッ,0/2,*,1',
    '分,名詞,接尾,助数詞,*,*,*,分,フン,プン,1/2,C3,1',
    '　,記号,空白,*,*,*,*,　,、,、,0/0,*,0',
    'まし,助動詞,*,*,*,特殊・マス,連用形,ます,マシ,マシ’,1/2,*,1',
    '。,記号,句点,*,*,*,*,。,、,、,0/0,*,0',
    '',
    '[Output label]',
    '0 3100000 xx^xx-sil+h=o/A:xx+xx+xx',
  ].join('\n');

  it('is what it says of each word, figures as they are said', () => {
    expect(tracedReading(trace)).toBe('おでんわわ、さんじゅっぷん、まし。');
  });
});
