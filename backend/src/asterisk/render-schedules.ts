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
export function scheduleSections({
  schedules = [],
  phones,
}: Pick<ConfigurationDocument, 'schedules' | 'phones'>): Section[] {
  if (schedules.length === 0) return [];
  const holidays = [...NATIONAL_HOLIDAYS.keys()].map((date) => `exten => ${digitsOf(date)},1,Return()`);
  const codes = { name: names.SCHEDULE_CODES_CONTEXT, lines: codeLines(schedules, phones) };
  return [...schedules.map(scheduleSection), { name: names.HOLIDAYS_CONTEXT, lines: holidays }, codes];
}

/** `<number>_<extension of the phone>` for every phone that may. */
function codeLines(schedules: readonly Schedule[], phones: ConfigurationDocument['phones']): string[] {
  return schedules.flatMap(({ id, code, switchPhones = [] }) =>
    code === undefined
      ? []
      : phones
          .filter((phone) => switchPhones.includes(phone.id))
          .map(({ extension }) => `exten => ${code}_${extension},1,Return(${id})`),
  );
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
