import { type ReadPart, type Segment, type SoundLayout, SoundLayoutError } from './sound-layout.ts';

const MAGIC = 'fLaC';
const BLOCK_HEAD_BYTES = 4;
const STREAM_INFO_BYTES = 34;
/** `fLaC` and the first block, which is always STREAMINFO. */
export const STREAM_INFO_END = MAGIC.length + BLOCK_HEAD_BYTES + STREAM_INFO_BYTES;
const SEEK_TABLE = 3;
const LAST_BLOCK = 0x80;
const SEEK_POINT_BYTES = 18;
const PLACEHOLDER = 2n ** 64n - 1n;
/** One chunk of the vault: enough for the seek table of two hours. */
const FIRST_READ_BYTES = 16 * 1024;
/** Where STREAMINFO says how many samples there are (36 bits) and what their MD5 is. */
const TOTAL_AT = MAGIC.length + BLOCK_HEAD_BYTES + 13;

/** A frame that the seek table leads to. */
interface SeekPoint {
  frame: number;
  byte: number;
}

/**
 * Number of samples a side: RFC 9639, 8.2, the last 36 bits before the checksum.
 * @param head the first `STREAM_INFO_END` bytes of a file
 * @returns 0 when it is no FLAC file
 */
export function streamInfoFrames(head: Buffer): number {
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC) return 0;
  return (head.readUInt8(TOTAL_AT) & 0x0f) * 2 ** 32 + head.readUInt32BE(TOTAL_AT + 1);
}

/**
 * FLAC (RFC 9639): every frame can be decoded by itself, and the seek table says where one is every ten seconds.
 * @throws SoundLayoutError, and what `read` throws
 */
export async function flacLayout(read: ReadPart, sizeBytes: number): Promise<SoundLayout> {
  const { head, audioAt } = await metadata(read, sizeBytes);
  const frames = streamInfoFrames(head);
  if (frames === 0) throw new SoundLayoutError('STREAMINFO has no length');
  return new FlacLayout(streamHead(head), frames, sizeBytes, seekPoints(head, audioAt, frames));
}

/** All that stands before the first frame. */
async function metadata(read: ReadPart, sizeBytes: number): Promise<{ head: Buffer; audioAt: number }> {
  let head = await read(0, Math.min(FIRST_READ_BYTES, sizeBytes));
  if (head.length < STREAM_INFO_END || streamInfoFrames(head) === 0) throw new SoundLayoutError('not a FLAC file');
  for (let at = MAGIC.length; at + BLOCK_HEAD_BYTES <= sizeBytes;) {
    if (at + BLOCK_HEAD_BYTES > head.length) head = await read(0, Math.min(at + FIRST_READ_BYTES, sizeBytes));
    const end = at + BLOCK_HEAD_BYTES + head.readUIntBE(at + 1, 3);
    if (head.readUInt8(at) & LAST_BLOCK) {
      if (end > sizeBytes) break;
      return { head: end > head.length ? await read(0, end) : head, audioAt: end };
    }
    at = end;
  }
  throw new SoundLayoutError('metadata has no end');
}

/** STREAMINFO alone, for a stream that begins anywhere: without a length and a checksum to hold it against. */
function streamHead(head: Buffer): Buffer {
  const alone = Buffer.from(head.subarray(0, STREAM_INFO_END));
  alone.writeUInt8(LAST_BLOCK, MAGIC.length);
  alone.writeUInt8(alone.readUInt8(TOTAL_AT) & 0xf0, TOTAL_AT);
  alone.fill(0, TOTAL_AT + 1);
  return alone;
}

function seekPoints(head: Buffer, audioAt: number, frames: number): SeekPoint[] {
  const points = new Map<number, SeekPoint>([[0, { frame: 0, byte: audioAt }]]);
  for (let at = MAGIC.length; at < audioAt;) {
    const type = head.readUInt8(at) & ~LAST_BLOCK;
    const end = at + BLOCK_HEAD_BYTES + head.readUIntBE(at + 1, 3);
    if (type === SEEK_TABLE) {
      for (let point = at + BLOCK_HEAD_BYTES; point + SEEK_POINT_BYTES <= end; point += SEEK_POINT_BYTES) {
        const frame = head.readBigUInt64BE(point);
        if (frame === PLACEHOLDER || frame >= frames) continue;
        points.set(Number(frame), { frame: Number(frame), byte: audioAt + Number(head.readBigUInt64BE(point + 8)) });
      }
    }
    at = end;
  }
  return [...points.values()].sort((a, b) => a.frame - b.frame);
}

class FlacLayout implements SoundLayout {
  constructor(
    private readonly streamHead: Buffer,
    readonly frames: number,
    private readonly sizeBytes: number,
    private readonly points: readonly SeekPoint[],
  ) {}

  get segmentCount(): number {
    return this.points.length;
  }

  segment(index: number): Segment {
    const point = this.points[index];
    if (!point) throw new RangeError(`no segment ${index}`);
    const next = this.points[index + 1];
    return {
      ...{ firstFrame: point.frame, endFrame: next?.frame ?? this.frames },
      ...{ firstByte: point.byte, endByte: next?.byte ?? this.sizeBytes },
      skipFrames: 0,
    };
  }

  segmentOf(frame: number): number {
    return Math.max(
      0,
      this.points.findLastIndex((point) => point.frame <= frame),
    );
  }

  stream(_segment: Segment, bytes: Buffer): Buffer {
    return Buffer.concat([this.streamHead, bytes]);
  }

  framesWithin(firstByte: number, endByte: number): { firstFrame: number; endFrame: number } {
    const first = this.points.findLast(({ byte }) => byte <= firstByte)?.frame ?? 0;
    if (endByte <= (this.points[0]?.byte ?? 0)) return { firstFrame: 0, endFrame: 0 };
    const after = this.points.find(({ byte }) => byte >= endByte);
    return { firstFrame: first, endFrame: after?.frame ?? this.frames };
  }
}
