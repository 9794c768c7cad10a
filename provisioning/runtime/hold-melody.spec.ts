import { describe, expect, it } from '@jest/globals';
import { holdMelody } from './hold-melody.ts';

describe('the melody on hold', () => {
  const samples = holdMelody();

  it('lasts long enough not to wear, at the telephone’s sample rate', () => {
    expect(samples.length / 8000).toBeGreaterThan(20);
  });

  it('is quiet and never clipped', () => {
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBe(5000);
  });

  it('begins and ends in silence, so that its repetition does not click', () => {
    for (const sample of [...samples.slice(0, 4), ...samples.slice(-4)]) expect(Math.abs(sample)).toBeLessThan(300);
  });

  it('stays within what a telephone line carries', () => {
    let crossings = 0;
    for (let index = 1; index < 8000; index += 1) {
      if ((samples[index - 1] ?? 0) < 0 !== (samples[index] ?? 0) < 0) crossings += 1;
    }
    expect(crossings / 2).toBeGreaterThan(300);
    expect(crossings / 2).toBeLessThan(1200);
  });
});
