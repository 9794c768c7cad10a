import { describe, expect, it } from '@jest/globals';
import { aCall } from '../../testing/fixtures.ts';
import {
  EMPTY_SEARCH,
  type SearchInput,
  isNarrowed,
  isPeriodInOrder,
  isSearchableNumber,
  matches,
  toSearchQuery,
} from './call-search.ts';

/** 令和8年11月21日(土) 9:05 in the office. */
const NOW = new Date('2026-11-21T00:05:00Z');
const query = (changes: Partial<SearchInput>) => toSearchQuery({ ...EMPTY_SEARCH, ...changes }, NOW);

describe('what is searched for', () => {
  it('is everything when nothing was chosen', () => {
    expect(query({})).toEqual({});
    expect(isNarrowed(EMPTY_SEARCH)).toBe(false);
    expect(isNarrowed({ ...EMPTY_SEARCH, number: '1' })).toBe(true);
  });

  it('counts days on the office’s clock', () => {
    expect(query({ period: 'today' })).toEqual({ from: '2026-11-20T15:00:00.000Z' });
    expect(query({ period: 'yesterday' })).toEqual({
      from: '2026-11-19T15:00:00.000Z',
      to: '2026-11-20T15:00:00.000Z',
    });
    expect(query({ period: 'week' })).toEqual({ from: '2026-11-14T15:00:00.000Z' });
  });

  it('includes the whole last minute of a typed period', () => {
    expect(query({ period: 'custom', from: '2026-11-01T08:30', to: '2026-11-01T17:15' })).toEqual({
      from: '2026-10-31T23:30:00.000Z',
      to: '2026-11-01T08:16:00.000Z',
    });
  });

  it('takes a period that is open at one end, and typed times only when they were chosen', () => {
    expect(query({ period: 'custom', to: '2026-11-01T00:00' })).toEqual({ to: '2026-10-31T15:01:00.000Z' });
    expect(query({ period: 'all', from: '2026-11-01T00:00' })).toEqual({});
  });

  it('folds the number', () => {
    expect(query({ number: ' ０９０−１２３４ ', outcome: 'answered' })).toEqual({
      number: '0901234',
      outcome: 'answered',
    });
  });
});

describe('what is wrong with a form', () => {
  it('is a number without digits', () => {
    expect(isSearchableNumber('')).toBe(true);
    expect(isSearchableNumber('03-12')).toBe(true);
    expect(isSearchableNumber('やまだ')).toBe(false);
  });

  it('is a period that ends before it begins', () => {
    expect(isPeriodInOrder('2026-11-02T00:00', '2026-11-01T00:00')).toBe(false);
    expect(isPeriodInOrder('2026-11-01T00:00', '2026-11-01T00:00')).toBe(true);
    expect(isPeriodInOrder('2026-11-01T00:00', '')).toBe(true);
  });
});

describe('whether a call that arrives belongs to the list', () => {
  const call = aCall(0);

  it.each([
    [{}, true],
    [{ number: '5678' }, true],
    [{ number: '9999' }, false],
    [{ outcome: 'answered' }, true],
    [{ outcome: 'refused' }, false],
    [{ from: call.startedAt }, true],
    [{ to: call.startedAt }, false],
    [{ from: '2027-01-01T00:00:00Z' }, false],
  ] as const)('%j: %p', (asked, belongs) => {
    expect(matches(call, asked)).toBe(belongs);
  });

  it('a withheld number is found by no number', () => {
    expect(matches(aCall(0, { number: null, presentation: 'withheld' }), { number: '0' })).toBe(false);
  });
});
