import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { NATIONAL_HOLIDAYS } from '../schedules/national-holidays.ts';
import { type Schedule, type TimeSpan, WEEKDAYS } from '../schedules/schedule.schema.ts';
import { type ScheduleRule, secondsOf, TURN_OF_YEAR } from '../schedules/schedule-state.ts';
import * as names from './dialplan-names.ts';
import type { Section } from './section.ts';

/**
 * Schedules as contexts to look days up in; context `schedule` of the dialplan does it. All known national holidays are
 * rendered, so that the text depends on the document alone and holds for years without a backend.
 */
export function scheduleSections({ schedules = [] }: Pick<ConfigurationDocument, 'schedules'>): Section[] {
  if (schedules.length === 0) return [];
  const holidays = [...NATIONAL_HOLIDAYS.keys()].map((date) => `exten => ${digitsOf(date)},1,Return()`);
  return [...schedules.map(scheduleSection), { name: names.HOLIDAYS_CONTEXT, lines: holidays }];
}

function scheduleSection(schedule: Schedule): Section {
  const special = new Map(
    schedule.specialDays.map(({ day, hours }) => {
      const digits = digitsOf(day);
      return [digits, dayLine(`day_${digits}`, digits.length === 8 ? 'one-off-day' : 'yearly-day', hours)];
    }),
  );
  const turnOfYear = schedule.closedAtTurnOfYear ? TURN_OF_YEAR.map(digitsOf) : [];
  return {
    name: names.scheduleContext(schedule.id),
    lines: [
      ...special.values(),
      ...turnOfYear.filter((day) => !special.has(day)).map((day) => dayLine(`day_${day}`, 'turn-of-year', [])),
      ...(schedule.closedOnNationalHolidays ? [dayLine('holiday', 'national-holiday', [])] : []),
      ...WEEKDAYS.map((weekday, index) => dayLine(`week_${index + 1}`, 'week', schedule.week[weekday])),
    ],
  };
}

/** `<rule>/<from>-<to>&<from>-<to>`, in seconds since midnight. */
const dayLine = (extension: string, rule: ScheduleRule, hours: readonly TimeSpan[]): string =>
  `exten => ${extension},1,Return(${rule}/${hours.map(({ from, to }) => `${secondsOf(from)}-${secondsOf(to)}`).join('&')})`;

const digitsOf = (day: string): string => day.replaceAll('-', '');
