import { describe, expect, it } from '@jest/globals';
import { waitSeconds } from './log-in-throttle.repository.ts';

describe('the wait between guesses', () => {
  it('grows after five failures and never becomes a lock', () => {
    expect([5, 6, 7, 8, 9, 10, 11, 1000].map(waitSeconds)).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });
});
