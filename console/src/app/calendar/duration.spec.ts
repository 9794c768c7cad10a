import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatPosition } from './duration.ts';

describe('durations', () => {
  it.each([
    [0, '0秒', '0:00'],
    [999, '0秒', '0:00'],
    [61_000, '1分1秒', '1:01'],
    [243_999, '4分3秒', '4:03'],
    [3_600_000, '1時間0分0秒', '1:00:00'],
    [7_384_000, '2時間3分4秒', '2:03:04'],
    [-500, '0秒', '0:00'],
  ])('%p ms is spoken as %s and shown as %s', (durationMs, spoken, shown) => {
    expect(formatDuration(durationMs)).toBe(spoken);
    expect(formatPosition(durationMs)).toBe(shown);
  });
});
