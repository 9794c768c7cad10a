const DIGITS = ['れい', 'いち', 'に', 'さん', 'よん', 'ご', 'ろく', 'なな', 'はち', 'きゅう'];
/** As read one by one, e.g. in telephone numbers. */
const SINGLE_DIGITS = ['ぜろ', ...DIGITS.slice(1)];
const HUNDREDS = [
  '',
  'ひゃく',
  'にひゃく',
  'さんびゃく',
  'よんひゃく',
  'ごひゃく',
  'ろっぴゃく',
  'ななひゃく',
  'はっぴゃく',
  'きゅうひゃく',
];
const THOUSANDS = [
  '',
  'せん',
  'にせん',
  'さんぜん',
  'よんせん',
  'ごせん',
  'ろくせん',
  'ななせん',
  'はっせん',
  'きゅうせん',
];
const MYRIADS = ['', 'まん', 'おく'];
/** More digits than this are a code, not a count. */
const MOST_DIGITS = 12;

/** Endings that change with what follows: 分, and those whose last digit is read otherwise. */
const MINUTES: Record<string, string> = {
  いち: 'いっぷん',
  さん: 'さんぷん',
  よん: 'よんぷん',
  ろく: 'ろっぷん',
  はち: 'はっぷん',
  じゅう: 'じゅっぷん',
  ひゃく: 'ひゃっぷん',
};
const HOURS: Record<string, string> = { よん: 'よじ', なな: 'しちじ', きゅう: 'くじ', れい: 'れいじ' };
const MONTHS: Record<string, string> = { よん: 'しがつ', なな: 'しちがつ', きゅう: 'くがつ' };
const DAYS: Record<number, string> = {
  ...{ 1: 'ついたち', 2: 'ふつか', 3: 'みっか', 4: 'よっか', 5: 'いつか', 6: 'むいか', 7: 'なのか', 8: 'ようか' },
  ...{ 9: 'ここのか', 10: 'とおか', 14: 'じゅうよっか', 20: 'はつか', 24: 'にじゅうよっか' },
};
const PERSONS: Record<number, string> = { 1: 'ひとり', 2: 'ふたり' };

/** Counters whose reading depends on the number. Others are read by the dictionary. */
export const COUNTERS = ['時', '分', '月', '日', '回', '件', '階', '年', '人'] as const;
export type Counter = (typeof COUNTERS)[number];

const COUNTED: Record<Exclude<Counter, '日'>, { plain: string; changed: Record<string, string> }> = {
  時: { plain: 'じ', changed: HOURS },
  分: { plain: 'ふん', changed: MINUTES },
  月: { plain: 'がつ', changed: MONTHS },
  回: { plain: 'かい', changed: { いち: 'いっかい', ろく: 'ろっかい', はち: 'はっかい', じゅう: 'じゅっかい' } },
  件: { plain: 'けん', changed: { いち: 'いっけん', ろく: 'ろっけん', はち: 'はっけん', じゅう: 'じゅっけん' } },
  階: {
    plain: 'かい',
    changed: { いち: 'いっかい', さん: 'さんがい', ろく: 'ろっかい', はち: 'はっかい', じゅう: 'じゅっかい' },
  },
  年: { plain: 'ねん', changed: { よん: 'よねん' } },
  人: { plain: 'にん', changed: { よん: 'よにん' } },
};

/** @param digits ASCII digits; with a leading zero, or too many, they are read one by one */
export function readNumber(digits: string): string {
  if (digits === '0') return 'れい';
  if (digits.startsWith('0') || digits.length > MOST_DIGITS) return readDigits(digits);
  const groups = digits.match(/\d{1,4}(?=(?:\d{4})*$)/g) ?? [];
  return groups
    .map((group, index) => {
      const myriad = MYRIADS[groups.length - 1 - index] ?? '';
      return Number(group) === 0 ? '' : readGroup(group, myriad) + myriad;
    })
    .join('');
}

/** @param digits e.g. of a telephone number */
export const readDigits = (digits: string): string =>
  Array.from(digits, (digit) => SINGLE_DIGITS[Number(digit)] ?? '').join(' ');

/** E.g. `30`, `分` → さんじゅっぷん. */
export function readCounted(digits: string, counter: Counter): string {
  const number = readNumber(digits);
  if (counter === '日') return DAYS[Number(digits)] ?? `${number}にち`;
  const persons = counter === '人' ? PERSONS[Number(digits)] : undefined;
  if (persons !== undefined) return persons;
  const { plain, changed } = COUNTED[counter];
  const ending = Object.keys(changed).find((reading) => number.endsWith(reading));
  return ending === undefined ? number + plain : number.slice(0, -ending.length) + (changed[ending] ?? '');
}

function readGroup(group: string, myriad: string): string {
  const [thousand = 0, hundred = 0, ten = 0, one = 0] = Array.from(group.padStart(4, '0'), Number);
  const thousands = myriad !== '' && thousand === 1 ? 'いっせん' : THOUSANDS[thousand];
  const tens = ten === 0 ? '' : `${ten === 1 ? '' : (DIGITS[ten] ?? '')}じゅう`;
  return `${thousands ?? ''}${HUNDREDS[hundred] ?? ''}${tens}${one === 0 ? '' : (DIGITS[one] ?? '')}`;
}
