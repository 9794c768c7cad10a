import { describe, expect, it } from '@jest/globals';
import { credible, mustBrake } from './reconciliation-brake.ts';

describe('the brake of a reconciliation', () => {
  it.each([
    [0, 5],
    [40, 5],
    [100, 10],
    [499, 49],
    [1_000_000, 50],
  ])('of %i believes that %i are wrong', (all, wrong) => {
    expect(credible(all)).toBe(wrong);
  });

  it('holds when more than that is missing, damaged or unknown', () => {
    const counts = { rows: 100, files: 100 };
    expect(
      mustBrake({ ...counts, found: { 'file-missing': 5, 'size-differs': 5, 'file-without-recording': 10 } }),
    ).toBe(false);
    expect(mustBrake({ ...counts, found: { 'file-missing': 6, 'content-differs': 5 } })).toBe(true);
    expect(mustBrake({ ...counts, found: { 'file-without-recording': 11 } })).toBe(true);
    expect(mustBrake({ ...counts, found: { 'call-without-recording': 1000, 'left-in-spool': 1000 } })).toBe(false);
  });
});
