import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tidyKana, wordKana } from './kana-reading.ts';

/** What Open JTalk needs besides a text. */
export interface OpenJtalkVoice {
  /** An HTS voice, `*.htsvoice`. */
  model: string;
  /** Folder of its own dictionary, which it looks for nowhere by itself. */
  dictionary: string;
}

/**
 * Rate and pitch of the voice, in its own measures (1 and semitones): slower than it would speak by itself, for an older ear (7
 * morae a second), and higher, because a telephone passes nothing below 300 Hz of a man's voice.
 */
export const OPEN_JTALK_MANNER = ['-r', '0.85', '-fm', '2'];

/**
 * Effects of `sox`. From 1.5 to 3.4 kHz, where consonants are told apart, such a voice is 26 dB below what it is at 500 Hz; people are
 * about 13 dB below, and a telephone raises it by some more (ITU-T P.48). The first leaves room for it.
 */
export const OPEN_JTALK_COLOUR = ['gain', '-6', 'equalizer', '2500', '0.7q', '12'];

/**
 * Open JTalk reads one line into 1,024 bytes and leaves out the rest without a word; a line of Latin letters, which it makes three times
 * as long, breaks it. And what takes it long is cut off by the limits of `SoundTools`.
 */
const PIECE_CHARACTERS = 100;

const PIECES = new RegExp(
  [
    `[^]{1,${PIECE_CHARACTERS}}$`,
    `[^]{0,${PIECE_CHARACTERS - 1}}[。!?]`,
    `[^]{0,${PIECE_CHARACTERS - 1}}、`,
    `[^]{0,${PIECE_CHARACTERS - 1}} `,
    `[^]{${PIECE_CHARACTERS}}`,
  ].join('|'),
  'gu',
);

/**
 * @param text as people write it, of any length
 * @returns the same in lines that Open JTalk takes, broken behind sentences, else behind commas or spaces; none without a letter or figure in it
 */
export const openJtalkLines = (text: string): string[] =>
  (
    text
      .normalize('NFKC')
      .trim()
      .replace(/。?\s*\n\s*/g, '。')
      // Emoji and the like it does not know, and control characters would end the line.
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{So}\s]+/gu, ' ')
      .match(PIECES) ?? []
  ).filter((line) => /[\p{L}\p{N}]/u.test(line));

/** @param folders which need not be there, the preferred first */
export async function htsVoices(folders: readonly string[]): Promise<string[]> {
  const found = folders.map(async (folder) => {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const voices = names.filter((name) => name.endsWith('.htsvoice')).sort();
    return voices.map((name) => join(folder, name));
  });
  return (await Promise.all(found)).flat();
}

/** @param toolsDir in the container image the tools are where they belong, else beside the runtime root */
export function openJtalkPlaces(toolsDir: string): { voices: string; dictionary: string } {
  const root = toolsDir === '/usr/bin' ? '/' : resolve(toolsDir, '../root');
  return {
    voices: join(root, 'usr/share/hts-voice'),
    dictionary: join(root, 'var/lib/mecab/dic/open-jtalk/naist-jdic'),
  };
}

const COUNTED = /^名詞,(数|接尾,助数詞)/;
/** What comes behind it is one word with it: お 電話, 三 十. */
const LEADING = /^[^,]*,(接頭詞|名詞,数),/;

/**
 * @param line of the trace's analysis: `surface,part of speech ×4,form ×2,base,reading,pronunciation,…`
 * @param before the line before it
 */
function tracedKana(line: string, before = ''): string {
  const [surface = '', ...features] = line.split(',');
  const pronunciation = features[8] ?? '';
  if (/^[、？]$/u.test(pronunciation)) return /^[。！？]$/u.test(surface) ? '。' : '、';
  // Figures are said otherwise than they are read: 十 分 is じゅう ふん, and said じゅっぷん.
  if (COUNTED.test(features.join(','))) features[7] = pronunciation;
  const kana = wordKana(`${surface}\t${features.join(',')}`);
  return LEADING.test(before) ? kana.trimStart() : kana;
}

const ANALYSIS = '[Text analysis result]';

/**
 * @param trace what Open JTalk says with `-ot`
 * @returns how it reads the text, in kana
 */
export function tracedReading(trace: string): string {
  const lines = trace.split('\n');
  const from = lines.indexOf(ANALYSIS) + 1;
  return tidyKana(
    lines
      .slice(from, lines.indexOf('', from))
      .map((line, index, all) => tracedKana(line, all[index - 1]))
      .join(''),
  );
}
