import { describe, expect, it } from '@jest/globals';
import { readCounted, readDigits, readNumber } from './number-reading.ts';

describe('numbers read aloud', () => {
  it.each([
    ['0', 'れい'],
    ['10', 'じゅう'],
    ['186', 'ひゃくはちじゅうろく'],
    ['300', 'さんびゃく'],
    ['3600', 'さんぜんろっぴゃく'],
    ['8808', 'はっせんはっぴゃくはち'],
    ['10000', 'いちまん'],
    ['12345', 'いちまんにせんさんびゃくよんじゅうご'],
    ['10000000', 'いっせんまん'],
    ['100000001', 'いちおくいち'],
  ])('%s is %s', (digits, kana) => {
    expect(readNumber(digits)).toBe(kana);
  });

  it('are read one by one when they are no count', () => {
    expect(readDigits('0120')).toBe('ぜろ いち に ぜろ');
    expect(readNumber('0120')).toBe('ぜろ いち に ぜろ');
    expect(readNumber('1'.repeat(13)).split(' ')).toHaveLength(13);
  });

  it.each([
    ['8', '時', 'はちじ'],
    ['4', '時', 'よじ'],
    ['17', '時', 'じゅうしちじ'],
    ['9', '時', 'くじ'],
    ['30', '分', 'さんじゅっぷん'],
    ['15', '分', 'じゅうごふん'],
    ['1', '分', 'いっぷん'],
    ['4', '月', 'しがつ'],
    ['1', '日', 'ついたち'],
    ['29', '日', 'にじゅうきゅうにち'],
    ['24', '日', 'にじゅうよっか'],
    ['3', '階', 'さんがい'],
    ['4', '年', 'よねん'],
    ['1', '人', 'ひとり'],
    ['14', '人', 'じゅうよにん'],
    ['21', '人', 'にじゅういちにん'],
  ] as const)('%s%s is %s', (digits, counter, kana) => {
    expect(readCounted(digits, counter)).toBe(kana);
  });
});
