import { z } from 'zod';
import { DisplayName, Identifier } from '../platform/schema.ts';

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const ClockTime = z.string().regex(CLOCK, '時刻を 08:30 のように入力してください');
/** A day's end may be its last moment. */
const ClosingTime = z
  .string()
  .refine((text) => text === '24:00' || CLOCK.test(text), '時刻を 17:15 のように入力してください');

/** Open from `from` until just before `to`, Japan time. */
export const TimeSpan = z
  .strictObject({ from: ClockTime, to: ClosingTime })
  .refine(({ from, to }) => from < to, {
    message:
      '終わりの時刻を始まりより後にしてください。日付をまたぐときは、24:00までと、次の日の00:00からに分けてください',
    path: ['to'],
  })
  .meta({ id: 'TimeSpan' });
export type TimeSpan = z.infer<typeof TimeSpan>;

/** Hours of one day, in order and without overlap; between two spans lies e.g. the lunch break. None = closed all day. */
const Hours = z
  .array(TimeSpan)
  .max(10)
  .refine((spans) => spans.every((span, index) => index === 0 || (spans[index - 1]?.to ?? '') <= span.from), {
    message: '時間帯は早い順に、重ならないように並べてください',
  });

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isCalendarDay = (text: string): boolean => {
  const [, year, month, day] = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (month === undefined) return false;
  if (year === undefined) return Number(day) >= 1 && Number(day) <= (DAYS_IN_MONTH[Number(month) - 1] ?? 0);
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
};

/** A day with hours of its own: `2026-12-01` once, `11-15` every year. */
export const SpecialDay = z
  .strictObject({
    day: z.string().refine(isCalendarDay, '日付を 2026-12-01(一度だけ)か 11-15(毎年)のように入力してください'),
    name: DisplayName,
    hours: Hours,
  })
  .meta({ id: 'SpecialDay' });
export type SpecialDay = z.infer<typeof SpecialDay>;

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** 開庁時間. A special day goes before the turn of the year, that before national holidays, those before the week. */
export const Schedule = z
  .strictObject({
    id: Identifier,
    name: DisplayName,
    week: z.strictObject({
      monday: Hours,
      tuesday: Hours,
      wednesday: Hours,
      thursday: Hours,
      friday: Hours,
      saturday: Hours,
      sunday: Hours,
    }),
    /** What phones press after `*6` (close until midnight at least) and `*7` (back to normal). Absent = no phone switches it. */
    code: z
      .string()
      .regex(/^[0-9]{1,2}$/, '1〜2桁の数字にしてください')
      .optional(),
    /** Phones that may. Absent = none. */
    switchPhones: z.array(Identifier).max(50).optional(),
    /** Closed on 国民の祝日 and substitute holidays. */
    closedOnNationalHolidays: z.boolean().default(true),
    /** Closed from 29 December to 3 January (年末年始の閉庁). */
    closedAtTurnOfYear: z.boolean().default(true),
    specialDays: z.array(SpecialDay).max(400).default([]),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;
