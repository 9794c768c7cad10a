import { japanTime } from './japan-time.ts';
import { NATIONAL_HOLIDAYS } from './national-holidays.ts';
import type { Schedule, TimeSpan } from './schedule.schema.ts';
import { WEEKDAYS } from './schedule.schema.ts';

/** `closed-day` = there are no hours at all on this day. */
export type Openness = 'open' | 'closed' | 'closed-day';

/** What decided: the temporary switch, or the kind of day. */
export const SCHEDULE_RULES = [
  'switch',
  'one-off-day',
  'yearly-day',
  'turn-of-year',
  'national-holiday',
  'week',
] as const;
export type ScheduleRule = (typeof SCHEDULE_RULES)[number];

export interface ScheduleState {
  openness: Openness;
  rule: ScheduleRule;
  /** Name of the special day or national holiday; null for the others. */
  dayName: string | null;
}

/** 臨時の開閉: overrides the schedule until it ends by itself. */
export interface SwitchedState {
  openness: Exclude<Openness, 'closed-day'>;
  until: Date;
}

/** 29 December to 3 January: 地方自治法第4条の2第2項第3号 and the offices' by-laws. */
export const TURN_OF_YEAR = ['12-29', '12-30', '12-31', '01-01', '01-02', '01-03'] as const;
const AT_TURN_OF_YEAR: ReadonlySet<string> = new Set(TURN_OF_YEAR);

/** Which hours count on a day, and why. */
export interface DayPlan {
  rule: ScheduleRule;
  dayName: string | null;
  hours: readonly TimeSpan[];
}

/** Pure. @param switched what is switched by hand; no matter when it ended @returns the state at the instant */
export function scheduleStateAt(schedule: Schedule, at: Date, switched: SwitchedState | null): ScheduleState {
  if (switched && at < switched.until) return { openness: switched.openness, rule: 'switch', dayName: null };
  const { date, dayOfYear, weekday, secondOfDay } = japanTime(at);
  const { rule, dayName, hours } = dayPlan(schedule, { date, dayOfYear, weekday });
  if (hours.length === 0) return { openness: 'closed-day', rule, dayName };
  const open = hours.some(({ from, to }) => secondsOf(from) <= secondOfDay && secondOfDay < secondsOf(to));
  return { openness: open ? 'open' : 'closed', rule, dayName };
}

/** @param text `08:30` @returns seconds since midnight */
export const secondsOf = (text: string): number => Number(text.slice(0, 2)) * 3600 + Number(text.slice(3)) * 60;

function dayPlan(schedule: Schedule, day: { date: string; dayOfYear: string; weekday: number }): DayPlan {
  const once = schedule.specialDays.find((special) => special.day === day.date);
  if (once) return { rule: 'one-off-day', dayName: once.name, hours: once.hours };
  const yearly = schedule.specialDays.find((special) => special.day === day.dayOfYear);
  if (yearly) return { rule: 'yearly-day', dayName: yearly.name, hours: yearly.hours };
  if (schedule.closedAtTurnOfYear && AT_TURN_OF_YEAR.has(day.dayOfYear)) {
    return { rule: 'turn-of-year', dayName: null, hours: [] };
  }
  const holiday = NATIONAL_HOLIDAYS.get(day.date);
  if (schedule.closedOnNationalHolidays && holiday !== undefined) {
    return { rule: 'national-holiday', dayName: holiday, hours: [] };
  }
  const weekday = WEEKDAYS[day.weekday - 1] ?? 'sunday';
  return { rule: 'week', dayName: null, hours: schedule.week[weekday] };
}
