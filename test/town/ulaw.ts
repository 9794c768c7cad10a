import { type Sound } from './listen.ts';

const BIAS = 0x84;
const CLIP = 32_635;

/** G.711 µ-law (ITU-T G.711, table 2): sign, 3 bits of segment, 4 bits within it, all inverted. */
export function encodeUlaw({ samples }: Sound): Uint8Array {
  return Uint8Array.from(samples, (sample) => {
    const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
    const segment = Math.max(0, 24 - Math.clz32(magnitude));
    const mantissa = (magnitude >> (segment + 3)) & 0x0f;
    return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | mantissa) & 0xff;
  });
}

/** The inverse, to the middle of each step. */
export function decodeUlaw(bytes: Uint8Array, sampleRate = 8000): Sound {
  const samples = Int16Array.from(bytes, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = ((((code & 0x0f) << 3) + BIAS) << ((code >> 4) & 0x07)) - BIAS;
    return code & 0x80 ? -magnitude : magnitude;
  });
  return { sampleRate, samples };
}
