import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { peaksForDrawing } from './peaks.ts';

const stored = (left: number[], right: number[]) => Buffer.from(Int8Array.from([...left, ...right]).buffer);

describe('peaks for drawing', () => {
  it('are fractions of full scale, side by side', () => {
    expect(peaksForDrawing(stored([-128, 127, -64, 64], [0, 0, -1, 1]), 50)).toEqual({
      perSecond: 50,
      left: [-1, 0.992, -0.5, 0.5],
      right: [0, 0, -0.008, 0.008],
    });
  });

  it('become coarser for a long recording without losing an outburst', () => {
    const quiet = Array.from({ length: 200 }, (_, at): number => (at % 2 === 0 ? -1 : 1));
    quiet[137] = 127;
    const { perSecond, left, right } = peaksForDrawing(
      stored(
        quiet,
        quiet.map(() => 0),
      ),
      50,
      20,
    );
    expect(perSecond).toBe(10);
    expect(left).toHaveLength(40);
    expect(Math.max(...left)).toBeCloseTo(0.992);
    expect(Math.max(...right)).toBe(0);
  });

  it('of any recording stay few, keep the extremes of each side and a whole rate', () => {
    const side = fc.array(fc.tuple(fc.integer({ min: -128, max: 0 }), fc.integer({ min: 0, max: 127 })), {
      minLength: 1,
      maxLength: 400,
    });
    fc.assert(
      fc.property(side, fc.integer({ min: 10, max: 500 }), (pairs, maxPairs) => {
        const flat = pairs.flat();
        const drawn = peaksForDrawing(
          stored(
            flat,
            flat.map(() => 0),
          ),
          50,
          maxPairs,
        );
        expect(Number.isInteger(drawn.perSecond)).toBe(true);
        expect(drawn.left.length).toBe(2 * Math.ceil((pairs.length * drawn.perSecond) / 50));
        expect(drawn.left.length / 2).toBeLessThanOrEqual(maxPairs + 1);
        expect(Math.max(...drawn.left)).toBeCloseTo(Math.max(...flat) / 128, 2);
        expect(Math.min(...drawn.left)).toBeCloseTo(Math.min(...flat) / 128, 2);
      }),
    );
  });

  it('of two hours fit in a few hundred kilobytes', () => {
    const pairs = 2 * 3600 * 50;
    const loud = Array.from({ length: pairs * 2 }, (_, at) => (at % 2 === 0 ? -77 : 77));
    const answer = JSON.stringify(peaksForDrawing(stored(loud, loud), 50));
    expect(answer.length).toBeLessThan(500_000);
  });
});
