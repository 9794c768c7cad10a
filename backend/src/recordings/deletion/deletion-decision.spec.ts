import { describe, expect, it } from '@jest/globals';
import { obstacleToDeletion } from './deletion-decision.ts';

describe('what stands in the way of a deletion', () => {
  it.each([
    ['sealing', 'not-settled'],
    ['none', 'no-audio'],
    ['sealed', null],
  ] as const)('of a recording that is %s: %s', (state, obstacle) => {
    expect(obstacleToDeletion({ state })).toBe(obstacle);
  });
});
