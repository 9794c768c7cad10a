import { describe, expect, it } from '@jest/globals';
import { rmsDbfs, withoutSilentEnds } from './sound-level.ts';

const tone = (seconds: number, amplitude: number): Buffer => {
  const pcm = Buffer.alloc(seconds * 8000 * 2);
  for (let index = 0; index < seconds * 8000; index++)
    pcm.writeInt16LE(Math.round(amplitude * Math.sin((2 * Math.PI * 440 * index) / 8000)), index * 2);
  return pcm;
};

describe('the level of speech', () => {
  it('is 3 dB below full scale for a full sine', () => {
    expect(rmsDbfs(tone(1, 32767))).toBeCloseTo(-3.01, 1);
  });

  it('does not count the pauses', () => {
    expect(rmsDbfs(Buffer.concat([tone(1, 3276), Buffer.alloc(32_000)]))).toBeCloseTo(-23.01, 1);
  });

  it('of silence is a number', () => {
    expect(Number.isFinite(rmsDbfs(Buffer.alloc(16_000)))).toBe(true);
    expect(Number.isFinite(rmsDbfs(Buffer.alloc(0)))).toBe(true);
  });
});

describe('a sound without its silent ends', () => {
  const silence = (ms: number) => Buffer.alloc(ms * 16);

  it('keeps its pauses, and a tenth of a second around it', () => {
    const spoken = Buffer.concat([tone(1, 9000), silence(700), tone(1, 9000)]);
    const cut = withoutSilentEnds(Buffer.concat([silence(900), spoken, silence(50)]));
    expect(cut.length / 16).toBeCloseTo(100 + 2700 + 50, -1);
  });

  it('is nothing when there is none', () => {
    expect(withoutSilentEnds(silence(500)).length / 16).toBeLessThanOrEqual(100);
    expect(withoutSilentEnds(Buffer.alloc(0))).toHaveLength(0);
  });
});
