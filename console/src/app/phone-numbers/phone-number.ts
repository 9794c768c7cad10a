/** What the API's list of an export writes too. */
export { formatNumber } from '../../../../backend/src/calls/number-grouping.ts';

/** How people write numbers apart, after NFKC: hyphens, dashes, long-vowel marks typed for hyphens, brackets, dots. */
const SEPARATORS = /[\s\-‐‑‒–—―−ー().・]/gu;

/** Digits as the API compares them: full width folded, separators dropped, Japan's country code made national. */
export function foldNumber(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(SEPARATORS, '')
    .replace(/^\+81(?:0(?=\d))?/, '0');
}

/** Whether a folded number can be searched for. */
export function isNumberPart(folded: string): boolean {
  return /^\+?[0-9]+$/.test(folded);
}
