import { COUNTERS, type Counter, readCounted, readDigits, readNumber } from './number-reading.ts';

/** What a text is made of: words for the dictionary, and what is read by rule. */
export type TextPart = { words: string } | { kana: string };

/** Words of every office that the dictionary reads otherwise. */
const MISREAD = new Map([
  ['開庁日', 'かいちょうび'],
  ['開庁', 'かいちょう'],
]);

const BY_RULE = new RegExp(
  `(?<misread>${[...MISREAD.keys()].join('|')})|(?<code>\\d+(?:[-‐−–―ー]\\d+)+)|(?<counted>\\d[\\d,]*)(?<counter>${COUNTERS.join('|')})|(?<plain>\\d[\\d,]*)`,
  'gu',
);

/** @param text as people write it; full-width figures and line breaks included */
export function textParts(text: string): TextPart[] {
  const plain = text
    .normalize('NFKC')
    .replace(/\s*\n\s*/g, '。')
    .replace(/\s+/g, ' ');
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of plain.matchAll(BY_RULE)) {
    if (match.index > from) parts.push({ words: plain.slice(from, match.index) });
    parts.push({ kana: kanaByRule(match.groups ?? {}) });
    from = match.index + match[0].length;
  }
  if (from < plain.length) parts.push({ words: plain.slice(from) });
  return parts;
}

function kanaByRule({ misread, code, counted, counter, plain = '' }: Record<string, string | undefined>): string {
  if (misread !== undefined) return MISREAD.get(misread) ?? '';
  if (code !== undefined) return code.split(/\D/u).map(readDigits).join('、');
  if (counted !== undefined) return readCounted(counted.replaceAll(',', ''), counter as Counter);
  return readNumber(plain.replaceAll(',', ''));
}

/** Parts of speech that lean on the word before. */
const LEANING = /^(助詞|助動詞|記号)|^(名詞,接尾|動詞,接尾|動詞,非自立|形容詞,非自立|名詞,非自立)/;
/** Particles are spoken otherwise than written; everything else is kept as written in kana. */
const SPOKEN = new Map([
  ['は', 'わ'],
  ['へ', 'え'],
  ['を', 'お'],
]);
const PAUSES = new Map([
  ...['。', '.', '!', '?', '！', '？'].map((mark) => [mark, '。'] as const),
  ...['、', ',', '・', ':', ';'].map((mark) => [mark, '、'] as const),
]);

const toHiragana = (text: string) =>
  text.replace(/[ァ-ヶ]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x60));

/** For words of Latin letters, which the dictionary does not have. */
const LETTERS = new Map(
  'えー びー しー でぃー いー えふ じー えいち あい じぇー けー える えむ えぬ おー ぴー きゅー あーる えす てぃー ゆー ぶい だぶりゅー えっくす わい ぜっと'
    .split(' ')
    .map((kana, index) => [String.fromCodePoint(0x41 + index), kana]),
);
const spelled = (word: string) => word.replace(/[A-Za-z]/g, (letter) => LETTERS.get(letter.toUpperCase()) ?? '');

/**
 * One line of MeCab with the dictionary ipadic: `surface TAB part of speech ×4, form ×2, base, reading, pronunciation`.
 * @returns a leading space before a word of its own; empty for what cannot be read aloud
 */
export function wordKana(line: string): string {
  const [surface = '', features = ''] = line.split('\t');
  const pause = PAUSES.get(surface);
  if (pause !== undefined) return pause;
  const reading = features.split(',')[7] ?? spelled(surface);
  const written =
    SPOKEN.has(surface) && features.startsWith('助詞') ? (SPOKEN.get(surface) ?? '') : toHiragana(reading);
  const kana = written.replace(/[^\p{Script=Hiragana}ー]/gu, '');
  return kana !== '' && !LEANING.test(features) ? ` ${kana}` : kana;
}

/** @param lines of MeCab for one piece of text, without `EOS` */
export const wordsKana = (lines: readonly string[]): string => lines.map(wordKana).join('');

/** @returns kana with single spaces, and none around pauses or at the ends */
export const tidyKana = (kana: string): string =>
  kana
    .replace(/ +/g, ' ')
    .replace(/ ?([。、])[ 。、]*/g, '$1')
    .trim();
