import { describe, expect, it } from '@jest/globals';
import {
  durationMs,
  levelDbfs,
  longestGapMs,
  otherSoundIntervals,
  sine,
  slice,
  soundIntervals,
  toneAmplitude,
  toneIntervals,
  totalMs,
  type Sound,
} from './listen.ts';

const join = (...sounds: Sound[]): Sound => ({
  sampleRate: 8000,
  samples: Int16Array.from(sounds.flatMap(({ samples }) => [...samples])),
});
const silence = (lengthMs: number) => sine(440, lengthMs, 0);

/** Something like speech: many partials, none of them dominant. */
const babble = (lengthMs: number): Sound => {
  const partials = [170, 340, 510, 850, 1190, 1530, 2210].map((hz) => sine(hz, lengthMs, 1500).samples);
  return {
    sampleRate: 8000,
    samples: Int16Array.from(partials[0] ?? [], (_, index) => partials.reduce((sum, p) => sum + (p[index] ?? 0), 0)),
  };
};

describe('listening', () => {
  it('measures the amplitude of the tone that is there and next to nothing of another one', () => {
    const sound = sine(440, 100, 7000);
    expect(toneAmplitude(sound, 440)).toBeGreaterThan(6900);
    expect(toneAmplitude(sound, 440)).toBeLessThan(7100);
    expect(toneAmplitude(sound, 1000)).toBeLessThan(150);
  });

  it('finds when a tone was heard', () => {
    const sound = join(silence(300), sine(1000, 500), silence(200), sine(1000, 400));
    expect(toneIntervals(sound, 1000)).toEqual([
      { fromMs: 300, toMs: 800 },
      { fromMs: 1000, toMs: 1400 },
    ]);
    expect(toneIntervals(sound, 440)).toEqual([]);
  });

  it('finds a gap of 40 ms with short windows', () => {
    const sound = join(sine(440, 400), silence(40), sine(440, 400));
    expect(longestGapMs(toneIntervals(sound, 440, { windowMs: 20 }))).toBe(40);
    expect(longestGapMs(toneIntervals(sine(440, 840), 440, { windowMs: 20 }))).toBe(0);
  });

  it('gives the level below full scale', () => {
    expect(levelDbfs(sine(440, 1000, 32767))).toBeCloseTo(-3.01, 1);
    expect(levelDbfs(silence(100))).toBe(-Infinity);
    expect(levelDbfs({ sampleRate: 8000, samples: new Int16Array() })).toBe(-Infinity);
  });

  it('tells speech from tones and from silence', () => {
    const sound = join(silence(200), babble(600), sine(1000, 500), silence(100));
    expect(otherSoundIntervals(sound, [440, 1000])).toEqual([{ fromMs: 200, toMs: 800 }]);
    expect(soundIntervals(sound)).toEqual([{ fromMs: 200, toMs: 1300 }]);
    expect(totalMs(soundIntervals(sound))).toBe(1100);
  });

  it('cuts out a part by time', () => {
    const part = slice(join(sine(440, 500), sine(1000, 500)), { fromMs: 500, toMs: 900 });
    expect(durationMs(part)).toBe(400);
    expect(toneAmplitude(part, 440)).toBeLessThan(100);
  });
});
