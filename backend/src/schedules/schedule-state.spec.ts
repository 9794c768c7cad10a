import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOfDayInJapan, japanTime } from './japan-time.ts';
import { HOLIDAYS_KNOWN_UNTIL_YEAR, NATIONAL_HOLIDAYS } from './national-holidays.ts';
import { officeHours } from './schedule.fixture.ts';
import { Schedule } from './schedule.schema.ts';
import { scheduleStateAt } from './schedule-state.ts';

const at = (japanese: string) => new Date(`${japanese}+09:00`);
const stateAt = (japanese: string, schedule = officeHours()) => {
  const { openness, rule, dayName } = scheduleStateAt(schedule, at(japanese), null);
  return [openness, rule, ...(dayName === null ? [] : [dayName])].join(' ');
};

describe('an office', () => {
  it.each([
    ['a second before it opens', '2026-11-24T08:29:59', 'closed week'],
    ['as it opens', '2026-11-24T08:30:00', 'open week'],
    ['as lunch begins', '2026-11-24T12:00:00', 'closed week'],
    ['after lunch', '2026-11-24T13:00:00', 'open week'],
    ['a moment before it closes', '2026-11-24T17:14:59.999', 'open week'],
    ['as it closes', '2026-11-24T17:15:00', 'closed week'],
    ['on a Saturday', '2026-11-21T10:00:00', 'closed-day week'],
    ['on a national holiday', '2026-11-23T10:00:00', 'closed-day national-holiday 勤労感謝の日'],
    ['on a substitute holiday', '2027-03-22T10:00:00', 'closed-day national-holiday 春分の日 振替休日'],
    ['on a day between two holidays', '2026-09-22T10:00:00', 'closed-day national-holiday 休日'],
    ['on 28 December', '2026-12-28T10:00:00', 'open week'],
    ['on 29 December', '2026-12-29T10:00:00', 'closed-day turn-of-year'],
    ['on 3 January', '2028-01-03T10:00:00', 'closed-day turn-of-year'],
    ['on 4 January', '2027-01-04T10:00:00', 'open week'],
    ['on its own yearly day', '2027-11-15T10:00:00', 'closed-day yearly-day 町制記念日'],
    ['on a Sunday it opens once', '2026-12-27T10:00:00', 'open one-off-day 臨時開庁'],
    ['after the hours of that Sunday', '2026-12-27T12:00:00', 'closed one-off-day 臨時開庁'],
  ])('is as it says %s', (_when, japanese, state) => {
    expect(stateAt(japanese)).toBe(state);
  });

  it('may be open on holidays and at the turn of the year', () => {
    const always = officeHours({ closedOnNationalHolidays: false, closedAtTurnOfYear: false });
    expect(stateAt('2026-11-23T10:00:00', always)).toBe('open week');
    expect(stateAt('2026-12-29T10:00:00', always)).toBe('open week');
  });

  it('may be open until the last moment of a day', () => {
    const spans = [{ from: '22:00', to: '24:00' }];
    const late = officeHours({ week: { ...officeHours().week, tuesday: spans } });
    expect(stateAt('2026-11-24T23:59:59', late)).toBe('open week');
    expect(stateAt('2026-11-25T00:00:00', late)).toBe('closed week');
  });

  it('follows a switch by hand until it ends', () => {
    const closed = { openness: 'closed' as const, until: at('2026-11-24T15:00:00') };
    const state = (japanese: string) => scheduleStateAt(officeHours(), at(japanese), closed);
    expect(state('2026-11-24T14:59:59.999')).toEqual({ openness: 'closed', rule: 'switch', dayName: null });
    expect(state('2026-11-24T15:00:00')).toMatchObject({ openness: 'open', rule: 'week' });
  });
});

describe('national holidays', () => {
  it('are known until 2050; after that, holidays are ordinary days', () => {
    expect(HOLIDAYS_KNOWN_UNTIL_YEAR).toBe(2050);
    expect(NATIONAL_HOLIDAYS.get('2050-11-23')).toBe('勤労感謝の日');
    // A Wednesday, and 勤労感謝の日 by law.
    expect(stateAt('2050-11-23T10:00:00')).toMatch(/^closed-day national-holiday/);
    // A Friday.
    expect(stateAt('2051-11-23T10:00:00')).toBe('open week');
  });
});

describe('the clock of Japan', () => {
  it('does not depend on the time zone of the machine', () => {
    const before = process.env.TZ;
    try {
      for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati']) {
        process.env.TZ = zone;
        expect(japanTime(at('2026-12-31T23:59:58'))).toEqual({
          date: '2026-12-31',
          dayOfYear: '12-31',
          weekday: 4,
          secondOfDay: 86_398,
        });
        expect(endOfDayInJapan(at('2026-12-31T23:59:58'))).toEqual(at('2027-01-01T00:00:00'));
      }
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it('ends each day at the next midnight', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
        (instant) => {
          const end = endOfDayInJapan(instant);
          expect(end.getTime() - instant.getTime()).toBeGreaterThan(0);
          expect(end.getTime() - instant.getTime()).toBeLessThanOrEqual(86_400_000);
          expect(japanTime(end).secondOfDay).toBe(0);
        },
      ),
    );
  });
});

describe('a schedule', () => {
  const refused = (more: unknown) => Schedule.safeParse({ ...officeHours(), ...(more as object) }).success;

  it('has hours in order, that end after they begin', () => {
    const monday = (...hours: [string, string][]) =>
      refused({ week: { ...officeHours().week, monday: hours.map(([from, to]) => ({ from, to })) } });
    expect(monday(['09:00', '12:00'], ['12:00', '24:00'])).toBe(true);
    expect(monday(['09:00', '12:00'], ['11:59', '13:00'])).toBe(false);
    expect(monday(['12:00', '09:00'])).toBe(false);
    expect(monday(['09:00', '09:00'])).toBe(false);
    expect(monday(['24:00', '24:00'])).toBe(false);
  });

  it('has special days that exist', () => {
    const day = (text: string) => refused({ specialDays: [{ day: text, name: '特別', hours: [] }] });
    expect(['2028-02-29', '02-29', '12-31'].map(day)).toEqual([true, true, true]);
    expect(['2027-02-29', '02-30', '13-01', '00-10', '01-00', '1-1', '2026-12', 'x'].map(day)).not.toContain(true);
  });
});
