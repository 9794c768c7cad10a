/** Hyphens, dashes, long-vowel marks typed for hyphens, brackets, dots and spaces: how people write numbers apart. */
const SEPARATORS = /[\s\-‐‑‒–—―−ー().・]/gu;

/**
 * Folds a number as people write it into the form calls are stored in: national, digits only.
 * `０９０－１２３４` and `+81 90 1234` both become `0901234`.
 * @returns null when what remains is not part of a telephone number
 */
export function foldNumber(written: string): string | null {
  const folded = written
    .normalize('NFKC')
    .replace(SEPARATORS, '')
    .replace(/^\+81(?:0(?=\d))?/, '0');
  return /^\+?\d+$/.test(folded) ? folded : null;
}
