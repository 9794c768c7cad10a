import { describe, expect, it } from '@jest/globals';
import { backOffMs } from './back-off.ts';
import { Limiter } from './limiter.ts';

describe('a limiter', () => {
  it('runs no more than its limit at once, in the order of asking, and frees places of failures', async () => {
    const limiter = new Limiter(2);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const task = (index: number) => async () => {
      order.push(index);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5 - index));
      running -= 1;
      if (index === 1) throw new Error('task failed');
      return index;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => limiter.run(task(index))));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});

describe('the back-off', () => {
  it('doubles from 0.2 s to 5 s and never ends', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => backOffMs(attempt, 0))).toEqual([
      200, 400, 800, 1600, 3200, 5000, 5000, 5000,
    ]);
  });

  it('is shortened by at most a quarter', () => {
    expect(backOffMs(0, 1)).toBe(150);
    expect(backOffMs(20, 1)).toBe(3750);
  });
});
