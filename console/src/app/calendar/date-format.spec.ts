import { describe, expect, it } from '@jest/globals';
import { formatDate, formatDateTime, formatTime, fromLocalInput, startOfDay, toLocalInput } from './date-format.ts';

const WAREKI = { calendar: 'japanese', locale: 'ja' } as const;

describe('dates in the calendar of the office', () => {
  it('writes 和暦 with the weekday', () => {
    expect(formatDateTime('2026-11-21T00:05:00Z', WAREKI)).toBe('令和8年11月21日(土) 9:05');
    expect(formatDate('2026-11-21T15:00:00Z', WAREKI)).toBe('令和8年11月22日(日)');
  });

  it('writes the first year of an era as 元年, from its first midnight on', () => {
    expect(formatDate('2019-04-30T14:59:59Z', WAREKI)).toBe('平成31年4月30日(火)');
    expect(formatDate('2019-04-30T15:00:00Z', WAREKI)).toBe('令和元年5月1日(水)');
  });

  it('writes 西暦', () => {
    expect(formatDateTime('2026-11-21T00:05:07Z', { calendar: 'gregorian', locale: 'ja', seconds: true })).toBe(
      '2026年11月21日(土) 9:05:07',
    );
  });

  it('writes English in both calendars', () => {
    expect(formatDate('2026-11-21T00:05:00Z', { calendar: 'gregorian', locale: 'en' })).toBe('Sat, Nov 21, 2026');
    expect(formatDate('2026-11-21T00:05:00Z', { calendar: 'japanese', locale: 'en' })).toBe('Sat, Nov 21, Reiwa 8');
  });

  it('keeps the office’s clock whatever the machine’s zone', () => {
    expect(formatTime('2026-11-20T15:00:00Z')).toBe('0:00');
    expect(formatTime('2026-11-20T14:59:59Z', { seconds: true })).toBe('23:59:59');
  });
});

describe('dates typed into the form', () => {
  it('mean the office’s clock', () => {
    expect(fromLocalInput('2026-11-21T09:05')?.toISOString()).toBe('2026-11-21T00:05:00.000Z');
    expect(toLocalInput(new Date('2026-11-21T00:05:00Z'))).toBe('2026-11-21T09:05');
  });

  it.each(['', 'yesterday', '2026-11-21', '2026-13-01T00:00'])('%p is no date', (typed) => {
    expect(fromLocalInput(typed)).toBeNull();
  });

  it('finds the midnight at which the office’s day began', () => {
    expect(startOfDay(new Date('2026-11-21T14:59:59Z')).toISOString()).toBe('2026-11-20T15:00:00.000Z');
    expect(startOfDay(new Date('2026-11-21T15:00:00Z'), -1).toISOString()).toBe('2026-11-20T15:00:00.000Z');
  });
});
