/** 西暦 or 和暦. */
export type Calendar = 'gregorian' | 'japanese';

/** Offices of this product keep one clock, whatever the browser's machine is set to. */
const TIME_ZONE = 'Asia/Tokyo';
const OFFSET = '+09:00';

export interface DateFormat {
  calendar: Calendar;
  locale: string;
}

/** 令和8年11月21日(土), 2026年11月21日(土); in English Sat, Nov 21, 2026 or Sat, Nov 21, Reiwa 8. */
export function formatDate(instant: string | Date, { calendar, locale }: DateFormat): string {
  const part = datePartsOf(instant, calendar, locale);
  if (locale.startsWith('ja')) {
    const year = calendar === 'japanese' ? `${part('era')}${part('year').replace(/^1$/, '元')}` : part('year');
    return `${year}年${part('month')}月${part('day')}日(${part('weekday')})`;
  }
  const year = calendar === 'japanese' ? `${part('era')} ${part('year')}` : part('year');
  return `${part('weekday')}, ${part('month')} ${part('day')}, ${year}`;
}

/** 9:05 or, with seconds, 9:05:07. */
export function formatTime(instant: string | Date, { seconds = false } = {}): string {
  const part = partsOf('en-GB', instant, { hour: 'numeric', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const time = `${Number(part('hour'))}:${part('minute')}`;
  return seconds ? `${time}:${part('second')}` : time;
}

export function formatDateTime(instant: string | Date, format: DateFormat & { seconds?: boolean }): string {
  return `${formatDate(instant, format)} ${formatTime(instant, format)}`;
}

/** Value of a `datetime-local` input for an instant, on the office's clock. */
export function toLocalInput(instant: Date): string {
  const part = partsOf('en-GB', instant, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/** The instant a `datetime-local` input means, or null when it is empty or not a date. */
export function fromLocalInput(value: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/.test(value)) return null;
  const instant = new Date(`${value}${OFFSET}`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** Midnight at the start of the office's day that contains `instant`, `days` away. */
export function startOfDay(instant: Date, days = 0): Date {
  const midnight = new Date(`${toLocalInput(instant).slice(0, 10)}T00:00:00${OFFSET}`);
  return new Date(midnight.getTime() + days * 86_400_000);
}

function datePartsOf(instant: string | Date, calendar: Calendar, locale: string): (type: string) => string {
  const tag = calendar === 'japanese' ? `${locale}-u-ca-japanese` : `${locale}-u-ca-gregory`;
  return partsOf(tag, instant, {
    ...(calendar === 'japanese' ? { era: 'short' as const } : {}),
    year: 'numeric',
    month: locale.startsWith('ja') ? 'numeric' : 'short',
    day: 'numeric',
    weekday: 'short',
  });
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function partsOf(
  locale: string,
  instant: string | Date,
  options: Intl.DateTimeFormatOptions,
): (type: string) => string {
  const key = `${locale} ${Object.keys(options).join()}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: TIME_ZONE });
    formatters.set(key, formatter);
  }
  const parts = formatter.formatToParts(new Date(instant));
  return (type) => parts.find((part) => part.type === type)?.value ?? '';
}
