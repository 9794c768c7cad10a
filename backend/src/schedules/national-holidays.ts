import holidayJp from '@holiday-jp/holiday_jp';

/** Days before this are past for every box. */
const FIRST_DAY = '2026-01-01';

/**
 * 国民の祝日, with substitute holidays (振替休日) and days between two holidays (国民の休日), by date. What the library knows
 * beyond the next year rests on the law as it is and on the computed equinoxes, which the Cabinet Office announces in
 * February of the year before.
 */
export const NATIONAL_HOLIDAYS: ReadonlyMap<string, string> = new Map(
  Object.values(holidayJp.holidays as Record<string, { date: string; name: string }>)
    .filter(({ date }) => date >= FIRST_DAY)
    .map(({ date, name }) => [date, name]),
);

/** The last year whose holidays are known. Later days count as ordinary ones: an open line is better than a closed one. */
export const HOLIDAYS_KNOWN_UNTIL_YEAR = Math.max(
  ...[...NATIONAL_HOLIDAYS.keys()].map((date) => Number(date.slice(0, 4))),
);
