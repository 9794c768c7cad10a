import { describe, expect, it } from '@jest/globals';
import { soundRefusal, soundWarnings } from './sound-judgement.ts';
import { measureSound } from './sound-level.ts';

/** A tone of so many seconds; 1 = full scale. */
function tone(seconds: number, height: number): Buffer {
  const pcm = Buffer.alloc(seconds * 16_000);
  for (let at = 0; at < pcm.length; at += 2) {
    const sample = Math.max(-1, Math.min(1, height * Math.sin((Math.PI * 440 * at) / 8000)));
    pcm.writeInt16LE(Math.round(sample * 32767), at);
  }
  return pcm;
}

const silence = (seconds: number) => Buffer.alloc(seconds * 16_000);

describe('a sound for a notice', () => {
  it('is measured: length, level, clipped samples, silence', () => {
    const level = measureSound(Buffer.concat([tone(1, 0.5), silence(3)]));
    expect(level.durationMs).toBe(4000);
    expect(level.activeDbfs).toBeCloseTo(-9, 0);
    expect(level.peakDbfs).toBeCloseTo(-6, 1);
    expect(level.clippedShare).toBe(0);
    expect(level.silentShare).toBeCloseTo(0.75, 2);
  });

  it('is refused when it is too short, too long, or nobody speaks', () => {
    expect(soundRefusal(measureSound(tone(0.25, 0.5)))).toBe('too-short');
    expect(soundRefusal(measureSound(Buffer.alloc(0)))).toBe('too-short');
    expect(soundRefusal(measureSound(silence(181)))).toBe('too-long');
    expect(soundRefusal(measureSound(silence(5)))).toBe('silent');
    expect(soundRefusal(measureSound(tone(5, 0.001)))).toBe('silent');
    expect(soundRefusal(measureSound(tone(5, 0.1)))).toBeNull();
  });

  it('is taken with a word when it is quiet, clipped, long or mostly silence', () => {
    expect(soundWarnings(measureSound(tone(2, 0.3)))).toEqual([]);
    expect(soundWarnings(measureSound(tone(2, 0.01)))).toEqual(['quiet']);
    expect(soundWarnings(measureSound(tone(2, 3)))).toEqual(['clipped']);
    expect(soundWarnings(measureSound(Buffer.concat([tone(1, 0.3), silence(3)])))).toEqual(['mostly-silent']);
    expect(soundWarnings(measureSound(tone(61, 0.3)))).toEqual(['long']);
  });
});
