import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type HeadroomFacts, headroomOf, parseHeadroomSteps, rank, SPOOL_BYTES_PER_HOUR } from './headroom.ts';

const GB = 1e9;
const disk = (freeBytes: number, device = 1) => ({ device, freeBytes, totalBytes: 1000 * GB });
const whole = { leftBytes: 4, wholeBytes: 4 };
const facts = (changes: Partial<HeadroomFacts> = {}): HeadroomFacts => ({
  spool: disk(500 * GB),
  vault: disk(500 * GB),
  rate: { vaultBytesPerHour: 0.05 * GB, recordedHoursPerDay: 20 },
  steps: parseHeadroomSteps('14d,3d,24h'),
  floorBytes: 0,
  reserve: whole,
  ...changes,
});
const levelWith = (changes: Partial<HeadroomFacts>) => headroomOf(facts(changes))?.level;
/** So much room that this many hours fit into the vault. */
const hours = (count: number) => ({ spool: disk(count * 0.05 * GB), vault: disk(count * 0.05 * GB) });

describe('headroom', () => {
  it('is told in hours of recording at the measured rate, and in days as the office records', () => {
    expect(headroomOf(facts())).toMatchObject({ hoursLeft: 10_000, daysLeft: 500, level: 'ample', sharedDisk: true });
  });

  it('goes through its steps as room runs out', () => {
    expect([281, 279, 61, 59, 24, 23].map((count) => levelWith(hours(count)))).toEqual([
      ...['ample', 'notice', 'notice', 'warning', 'warning', 'alarm'],
    ]);
    expect(levelWith(hours(0))).toBe('reserve');
  });

  it('does not count what is kept for the database', () => {
    expect(headroomOf(facts({ ...hours(30), floorBytes: 0.25 * GB }))?.hoursLeft).toBeCloseTo(25, 9);
    expect(levelWith({ ...hours(5), floorBytes: 0.25 * GB })).toBe('reserve');
  });

  it('is the reserve’s as soon as a part of it was given up, whatever is free just then', () => {
    expect(levelWith({ reserve: { leftBytes: 3, wholeBytes: 4 } })).toBe('reserve');
    expect(levelWith({ reserve: { leftBytes: 0, wholeBytes: 0 } })).toBe('ample');
  });

  it('before anything is recorded is reckoned with what telephone calls usually take, and has no days', () => {
    const rate = { vaultBytesPerHour: null, recordedHoursPerDay: null };
    const told = headroomOf(facts({ rate, ...hours(2000) }));
    expect(told?.daysLeft).toBeNull();
    expect(told?.hoursLeft).toBeCloseTo((100 * GB) / (0.45 * SPOOL_BYTES_PER_HOUR), 6);
    expect(told?.level).toBe('ample');
    expect(levelWith({ rate, ...hours(20) })).toBe('alarm');
  });

  it('of a spool and a vault on disks of their own is told for each, and the worse counts', () => {
    const apart = headroomOf(facts({ spool: disk(SPOOL_BYTES_PER_HOUR * 100, 2), vault: disk(0.05 * GB * 59, 3) }));
    expect(apart).toMatchObject({
      level: 'warning',
      sharedDisk: false,
      spool: { level: 'ample', hoursLeft: 100, daysLeft: null },
      vault: { level: 'warning', hoursLeft: 59 },
    });
    expect(levelWith({ spool: disk(SPOOL_BYTES_PER_HOUR * 20, 2) })).toBe('alarm');
  });

  it('of a vault elsewhere is the spool’s, and unknown when nothing can be looked at', () => {
    expect(headroomOf(facts({ vault: null }))?.vault).toBeNull();
    expect(headroomOf(facts({ vault: null, spool: null }))).toBeNull();
  });

  it('never gets better when there is less room', () => {
    const gigabytes = fc.double({ min: 0, max: 2000, noNaN: true });
    fc.assert(
      fc.property(gigabytes, gigabytes, fc.double({ min: 0.01, max: 48, noNaN: true }), (a, b, recordedHoursPerDay) => {
        const rate = { vaultBytesPerHour: 0.05 * GB, recordedHoursPerDay };
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((size) =>
          rank(levelWith({ rate, spool: disk(size * GB), vault: disk(size * GB) }) ?? 'ample'),
        );
        expect(less).toBeGreaterThanOrEqual(more ?? 0);
      }),
    );
  });
});

describe('the steps', () => {
  it('are days as the office records or hours of recording', () => {
    expect(parseHeadroomSteps('30d, 48h ,2.5h')).toEqual([{ days: 30 }, { hours: 48 }, { hours: 2.5 }]);
  });
  it.each(['', '14d', '14d,3d', '14d,3d,24h,1h', '14,3,24', '-1d,3d,24h', '3d,14d,24h', '3d,3d,24h', '9d,2h,24h'])(
    '%p is refused, and what was expected is said',
    (text) => {
      expect(() => parseHeadroomSteps(text)).toThrow(/expected/);
    },
  );
});
