import { BYTES_PER_FRAME, SAMPLE_RATE } from '../sealing/pcm.ts';
import type { AudioFormat } from './audio-format.ts';
import type { SegmentDecoder } from './segment-decoder.ts';
import type { ReadPart, SoundLayout } from './sound-layout.ts';

/** One channel of the two: a side alone, or both in one. */
export type Mix = 'left' | 'right' | 'mono';

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
const PCM_FORMAT = 1;

/**
 * One channel of a sealed recording as WAV. Of no place but the arithmetic one: every byte is known by its offset and the same
 * however it is asked for, because a segment is always decoded whole and from the same bytes. Holds one segment in memory.
 */
export class MixedWav {
  readonly sizeBytes: number;

  constructor(
    private readonly format: AudioFormat,
    private readonly layout: SoundLayout,
    private readonly mix: Mix,
    private readonly read: ReadPart,
    private readonly decoder: SegmentDecoder,
  ) {
    this.sizeBytes = HEADER_BYTES + layout.frames * SAMPLE_BYTES;
  }

  /**
   * The bytes from `start` up to, not including, `end`.
   * @throws what `read` and `SegmentDecoder.decode` throw, while iterating
   */
  async *range(start: number, end: number): AsyncGenerator<Buffer, void> {
    if (start < HEADER_BYTES) yield wavHeader(this.layout.frames).subarray(start, end);
    let frame = this.framesWithin(start, end).firstFrame;
    for (let at = Math.max(start, HEADER_BYTES); at < end;) {
      const segment = this.layout.segment(this.layout.segmentOf(frame));
      const stream = this.layout.stream(segment, await this.read(segment.firstByte, segment.endByte));
      const samples = mixDown(await this.decoder.decode(this.format, segment, stream), this.mix);
      const segmentAt = HEADER_BYTES + segment.firstFrame * SAMPLE_BYTES;
      const part = samples.subarray(at - segmentAt, end - segmentAt);
      yield part;
      at += part.length;
      frame = segment.endFrame;
    }
  }

  /** The frames of which these bytes hold anything; `endByte` not included. */
  framesWithin(firstByte: number, endByte: number): { firstFrame: number; endFrame: number } {
    const frames = (byte: number) => Math.max(0, byte - HEADER_BYTES) / SAMPLE_BYTES;
    return { firstFrame: Math.floor(frames(firstByte)), endFrame: Math.ceil(frames(endByte)) };
  }
}

/** @param pcm interleaved stereo as in `pcm.ts` */
export function mixDown(pcm: Buffer, mix: Mix): Buffer {
  const samples = Buffer.alloc(pcm.length / CHANNELS_IN_ONE);
  for (let at = 0; at < pcm.length; at += BYTES_PER_FRAME) {
    const [left, right] = [pcm.readInt16LE(at), pcm.readInt16LE(at + SAMPLE_BYTES)];
    // The mean: both sides at their loudest still fit, where a sum would be clipped.
    const sample = mix === 'left' ? left : mix === 'right' ? right : Math.round((left + right) / 2);
    samples.writeInt16LE(sample, at / CHANNELS_IN_ONE);
  }
  return samples;
}

const CHANNELS_IN_ONE = BYTES_PER_FRAME / SAMPLE_BYTES;

/** RIFF WAVE, the canonical 44 bytes: 16-bit PCM. */
export function wavHeader(frames: number, channels = 1): Buffer {
  const frameBytes = channels * SAMPLE_BYTES;
  const dataBytes = frames * frameBytes;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(PCM_FORMAT, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * frameBytes, 28);
  header.writeUInt16LE(frameBytes, 32);
  header.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
