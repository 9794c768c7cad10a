/**
 * Groupings that follow from the digits alone (numbering plan of the Ministry of Internal Affairs). Area codes that
 * share their first digits with longer ones are left out: a wrong hyphen is worse than none.
 */
const GROUPINGS: { pattern: RegExp; groups: number[] }[] = [
  { pattern: /^0[56789]0[1-9]\d{7}$/, groups: [3, 4, 4] },
  { pattern: /^0120\d{6}$/, groups: [4, 3, 3] },
  { pattern: /^0800\d{7}$/, groups: [4, 3, 4] },
  { pattern: /^0[59]70\d{6}$/, groups: [4, 3, 3] },
  { pattern: /^0[36]\d{8}$/, groups: [2, 4, 4] },
  { pattern: /^0(?:11|44|45|52|75|78)\d{7}$/, groups: [3, 3, 4] },
];

/** A number for reading: `0312345678` gives `03-1234-5678`; left as it is when the grouping is not certain. */
export function formatNumber(number: string): string {
  const grouping = GROUPINGS.find(({ pattern }) => pattern.test(number));
  if (!grouping) return number;
  let start = 0;
  return grouping.groups.map((length) => number.slice(start, (start += length))).join('-');
}
