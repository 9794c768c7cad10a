import { describe, expect, it } from '@jest/globals';
import { sine, toneAmplitude } from './listen.ts';
import { decodeUlaw, encodeUlaw } from './ulaw.ts';

const encodeOne = (sample: number) => encodeUlaw({ sampleRate: 8000, samples: Int16Array.of(sample) })[0];

describe('µ-law', () => {
  it('gives the code words of G.711 for silence and for both ends of the scale', () => {
    expect(encodeOne(0)).toBe(0xff);
    expect(encodeOne(32_124)).toBe(0x80);
    expect(encodeOne(-32_124)).toBe(0x00);
  });

  it('decodes every code word to a sample that encodes to the same word', () => {
    const words = Uint8Array.from({ length: 256 }, (_, index) => index).filter((word) => word !== 0x7f);
    expect([...encodeUlaw(decodeUlaw(words))]).toEqual([...words]);
  });

  it('keeps a tone recognisable', () => {
    const heard = decodeUlaw(encodeUlaw(sine(1000, 200, 7000)));
    expect(toneAmplitude(heard, 1000)).toBeGreaterThan(6800);
    expect(toneAmplitude(heard, 440)).toBeLessThan(150);
  });
});
