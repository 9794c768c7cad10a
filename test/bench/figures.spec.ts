import { describe, expect, it } from '@jest/globals';
import { percentile, spread } from './figures.ts';

describe('figures', () => {
  it('are the values that so many do not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('tell how many values they stand on', () => {
    expect(spread([1, 2])).toBe('1.0 / 2.0 / 2.0 ms (n=2)');
  });
});
