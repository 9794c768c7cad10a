import { describe, expect, it } from '@jest/globals';
import { BACK_OFF, delayBeforeRestart, failuresAfter } from './back-off.ts';

describe('back-off', () => {
  it('doubles from half a second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(delayBeforeRestart)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('forgives a process that ran long enough', () => {
    expect(failuresAfter(6, BACK_OFF.stableMs - 1)).toBe(7);
    expect(failuresAfter(6, BACK_OFF.stableMs)).toBe(1);
  });
});
