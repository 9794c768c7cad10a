/** Hyphens, dashes, long-vowel marks typed for hyphens, brackets, dots and spaces: how people write numbers apart. */
const SEPARATORS = /[\s\-‐‑‒–—―−ー().・]/gu;

/** 184 hides the caller's number, 186 shows it, for one call; followed by a whole number they are no part of it. */
const SHOW_OR_HIDE = /^18[46](?=0[0-9]{8})/;

/**
 * The form in which numbers are stored and looked up: +81 becomes 0, 184 and 186 in front go. Context `national` of the
 * dialplan does the same.
 * @param number digits, with an optional `+` in front
 */
export const nationalNumber = (number: string): string =>
  number
    .replace(/^\+81(?:0(?=\d))?/, '0')
    .replace(SHOW_OR_HIDE, '')
    .slice(0, 24);

/**
 * One form for a number abroad: some carriers show it behind a plus, others as it is dialled from Japan.
 * @param number in national form
 */
export const withPlus = (number: string): string => number.replace(/^010(?=[1-9])/, '+');

/** The form in which numbers of rules and of callers are compared. */
export const comparableNumber = (number: string): string => withPlus(nationalNumber(number));

/** The form in which a configured number outside is dialled: a 184 or 186 in front is meant. */
export const dialableNumber = (number: string): string => number.replace(/^\+81/, '0').slice(0, 24);

/**
 * Folds a number as people write it into the form calls are stored in: national, digits only.
 * `０９０－１２３４` and `+81 90 1234` both become `0901234`.
 * @returns null when what remains is not part of a telephone number
 */
export function foldNumber(written: string): string | null {
  const folded = nationalNumber(written.normalize('NFKC').replace(SEPARATORS, ''));
  return /^\+?\d+$/.test(folded) ? folded : null;
}
