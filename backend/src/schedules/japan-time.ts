const HOUR_MS = 3_600_000;
/** Japan Standard Time has been UTC+9 without summer time since 1952. */
export const JST_AHEAD_MS = 9 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/** An instant on the clocks and calendars of Japan, whatever the time zone of the machine. */
export interface JapanTime {
  /** `2026-12-29` */
  date: string;
  /** `12-29` */
  dayOfYear: string;
  /** ISO 8601: 1 = Monday, 7 = Sunday. */
  weekday: number;
  secondOfDay: number;
}

export function japanTime(at: Date): JapanTime {
  const shifted = new Date(at.getTime() + JST_AHEAD_MS);
  const date = shifted.toISOString().slice(0, 10);
  return {
    date,
    dayOfYear: date.slice(5),
    weekday: shifted.getUTCDay() || 7,
    secondOfDay: Math.floor((shifted.getTime() - Math.floor(shifted.getTime() / DAY_MS) * DAY_MS) / 1000),
  };
}

/** @returns the midnight at which the day of `at` ends in Japan */
export function endOfDayInJapan(at: Date): Date {
  const dayBegan = Math.floor((at.getTime() + JST_AHEAD_MS) / DAY_MS) * DAY_MS - JST_AHEAD_MS;
  return new Date(dayBegan + DAY_MS);
}
