import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alignedBytes, bytesLasting, durationOf, PcmMeter, SAMPLE_RATE } from './pcm.ts';

type Wave = (frame: number) => number;

const tone =
  (hertz: number, amplitude: number): Wave =>
  (frame) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * frame) / SAMPLE_RATE));
const silence: Wave = () => 0;

function stereo(frames: number, left: Wave, right: Wave): Buffer {
  const pcm = Buffer.alloc(frames * 4);
  for (let frame = 0; frame < frames; frame++) {
    pcm.writeInt16LE(left(frame), frame * 4);
    pcm.writeInt16LE(right(frame), frame * 4 + 2);
  }
  return pcm;
}

function measure(...chunks: Uint8Array[]) {
  const meter = new PcmMeter();
  for (const chunk of chunks) meter.add(chunk);
  return meter.finish();
}

/** Cuts at the given places, wherever they fall. */
function cut(pcm: Buffer, places: number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (pcm.length + 1)).sort((a, b) => a - b), pcm.length];
  return at.slice(1).map((end, index) => pcm.subarray(at[index], end));
}

const samples = fc.array(fc.tuple(fc.integer({ min: -32768, max: 32767 }), fc.integer({ min: -32768, max: 32767 })), {
  maxLength: 700,
});
const pcmOf = (frames: [number, number][]) =>
  stereo(
    frames.length,
    (at) => frames[at]?.[0] ?? 0,
    (at) => frames[at]?.[1] ?? 0,
  );

describe('measuring a recording', () => {
  it('tells a sine of full scale by its 3 dB below full scale, and keeps the sides apart', () => {
    const { left, right } = measure(stereo(8000, tone(440, 32767), tone(1000, 3277)));
    expect(left.levelDbfs).toBeCloseTo(-3.01, 1);
    expect(right.levelDbfs).toBeCloseTo(-23.01, 1);
    expect([left.silentMs, right.silentMs]).toEqual([0, 0]);
  });

  it('has no level for a side on which there was nothing at all', () => {
    const { left, right } = measure(stereo(8000, tone(440, 1000), silence));
    expect(left.levelDbfs).not.toBeNull();
    expect(right).toEqual({ levelDbfs: null, silentMs: 1000 });
  });

  it('counts the noise of an idle line as silence and quiet speech as sound', () => {
    const { left, right } = measure(stereo(8000, tone(300, 16), tone(300, 300)));
    expect(left.silentMs).toBe(1000);
    expect(right.silentMs).toBe(0);
  });

  it('counts the silent part of a side only', () => {
    const half: Wave = (frame) => (frame < 4000 ? 0 : tone(440, 8000)(frame));
    expect(measure(stereo(8000, half, silence)).left.silentMs).toBe(500);
  });

  it('draws 50 pairs of minimum and maximum a second and side, all of the left before the right', () => {
    const { peaks } = measure(stereo(8000, tone(400, 16384), silence));
    expect(peaks).toHaveLength(200);
    expect(peaks.readInt8(0)).toBe(-64);
    expect(peaks.readInt8(1)).toBe(64);
    expect(new Set(peaks.subarray(100))).toEqual(new Set([0]));
  });

  it('draws a last window that is not full', () => {
    const { peaks, durationMs } = measure(stereo(161, tone(400, 16384), silence));
    expect(peaks).toHaveLength(8);
    expect(durationMs).toBe(20);
  });

  it('finds nothing in nothing', () => {
    expect(measure(Buffer.alloc(0))).toEqual({
      ...{ frames: 0, durationMs: 0, peaks: Buffer.alloc(0) },
      windows: { left: { meanSquares: [], clipped: [] }, right: { meanSquares: [], clipped: [] } },
      left: { levelDbfs: null, silentMs: 0 },
      right: { levelDbfs: null, silentMs: 0 },
    });
  });

  it('does not depend on where the stream is cut', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat()), (frames, places) => {
        const pcm = pcmOf(frames);
        expect(measure(...cut(pcm, places))).toEqual(measure(pcm));
      }),
    );
  });

  it('leaves out a frame that was torn by a crash', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ minLength: 1, maxLength: 3 }), (frames, torn) => {
        const pcm = pcmOf(frames);
        expect(measure(pcm, torn)).toEqual(measure(pcm));
      }),
    );
  });

  it('keeps every sample between the peaks of its window, within half a step', () => {
    fc.assert(
      fc.property(samples, (frames) => {
        const { peaks } = measure(pcmOf(frames));
        const half = peaks.length / 2;
        frames.forEach((frame, at) => {
          const window = Math.floor(at / 160) * 2;
          frame.forEach((sample, side) => {
            expect(peaks.readInt8(side * half + window) * 256 - 128).toBeLessThanOrEqual(sample);
            const maximum = peaks.readInt8(side * half + window + 1);
            expect(maximum === 127 ? 32767 : maximum * 256 + 128).toBeGreaterThanOrEqual(sample);
          });
        });
      }),
    );
  });
});

describe('lengths', () => {
  it('align to whole frames, never up', () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(alignedBytes(bytes) % 4).toBe(0);
        expect(bytes - alignedBytes(bytes)).toBeLessThan(4);
        expect(alignedBytes(bytes)).toBeLessThanOrEqual(bytes);
      }),
    );
  });

  it('turn into bytes and back', () => {
    fc.assert(fc.property(fc.nat(10_000_000), (ms) => expect(durationOf(bytesLasting(ms))).toBe(ms)));
    expect(bytesLasting(1000)).toBe(32_000);
  });
});
