import { describe, expect, it } from '@jest/globals';
import { spelledOut } from './spelled-out.ts';

describe('a text that is to be read aloud', () => {
  it.each([
    ['開庁時間は8:30～17:15です。', '開庁時間は8時30分から17時15分です。'],
    ['９：００〜１２：０５', '9時から12時5分'],
    ['8:30-17:00', '8時30分から17時'],
    ['月～金曜日、12月29日～1月3日', '月から金曜日、12月29日から1月3日'],
    ['10％引き', '10パーセント引き'],
  ])('says times and ranges in words: %s', (written, said) => {
    expect(spelledOut(written)).toBe(said);
  });

  it.each(['0123-45-6789', '2:1', '8:75', '12:30:45', 'は〜い', '〜お知らせ〜'])(
    'leaves alone what is none: %s',
    (text) => {
      expect(spelledOut(text)).toBe(text);
    },
  );
});
