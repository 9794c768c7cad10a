import { LARGEST_PAGE_BYTES, MalformedOggError, type OggPage, readPage, renumbered } from './ogg.ts';
import { type ReadPart, type Segment, type SoundLayout, SoundLayoutError } from './sound-layout.ts';

/** Positions in Ogg Opus are always told at 48 kHz (RFC 7845, 4). */
const GRANULES_PER_FRAME = 6;
const HEAD_MAGIC = 'OpusHead';
const PRE_SKIP_AT = 10;
/** `opusenc` fills a page with a second, unless it is told otherwise. */
const PAGE_FRAMES = 8000;
/** Decoding is slow enough (some 100 times faster than speech) for a listener to notice more of it. */
const SEGMENT_PAGES = 4;
/** Packets lean on those before them: RFC 7845, 4.6 wants 80 ms of run-up, here it is a page. */
const RUN_UP_PAGES = 1;
/** The last samples of a segment come out of the page after it, because of the pre-skip. */
const RUN_OUT_PAGES = 1;

/**
 * Ogg Opus of constant bitrate, as `OpusEncoder` makes and checks it: every page but the last holds one second in the same
 * number of bytes, so that a second's place is arithmetic.
 * @throws SoundLayoutError, and what `read` throws
 */
export async function opusLayout(read: ReadPart, sizeBytes: number): Promise<SoundLayout> {
  try {
    const front = await read(0, Math.min(2 * LARGEST_PAGE_BYTES, sizeBytes));
    const { heads, audioAt, first } = headPages(front);
    const pages = Math.ceil((sizeBytes - audioAt) / first.bytes);
    const lastAt = audioAt + (pages - 1) * first.bytes;
    const last = readPage(await read(lastAt, sizeBytes), 0);
    const preSkip = (heads[0] ?? front).readUInt16LE(readPage(front, 0).bodyOffset + PRE_SKIP_AT);
    const frames = Math.floor((last.granule - preSkip) / GRANULES_PER_FRAME);
    const fills = Math.ceil(last.granule / GRANULES_PER_FRAME / PAGE_FRAMES);
    if (frames <= 0 || fills !== pages || last.sequence !== first.sequence + pages - 1) {
      throw new SoundLayoutError('pages are not of one size');
    }
    return new OpusLayout(heads, first.sequence, frames, { audioAt, pageBytes: first.bytes, pages, sizeBytes });
  } catch (error) {
    if (error instanceof MalformedOggError || error instanceof RangeError) {
      throw new SoundLayoutError(error.message, { cause: error });
    }
    throw error;
  }
}

/** The pages of the two header packets (RFC 7845, 3), and the first one with audio. */
function headPages(front: Buffer): { heads: Buffer[]; audioAt: number; first: OggPage } {
  const heads: Buffer[] = [];
  let at = 0;
  for (let packets = 0; packets < 2;) {
    const page = readPage(front, at);
    if (at === 0 && !front.subarray(page.bodyOffset).toString('latin1', 0, HEAD_MAGIC.length).startsWith(HEAD_MAGIC)) {
      throw new SoundLayoutError('not an Opus file');
    }
    heads.push(front.subarray(at, at + page.bytes));
    packets += page.packets.length;
    at += page.bytes;
  }
  return { heads, audioAt: at, first: readPage(front, at) };
}

interface PagePlaces {
  audioAt: number;
  pageBytes: number;
  pages: number;
  sizeBytes: number;
}

class OpusLayout implements SoundLayout {
  readonly segmentCount: number;

  constructor(
    private readonly heads: readonly Buffer[],
    private readonly firstSequence: number,
    readonly frames: number,
    private readonly places: PagePlaces,
  ) {
    this.segmentCount = Math.ceil(frames / (SEGMENT_PAGES * PAGE_FRAMES));
  }

  segment(index: number): Segment {
    if (index < 0 || index >= this.segmentCount) throw new RangeError(`no segment ${index}`);
    const page = index * SEGMENT_PAGES;
    const from = Math.max(0, page - RUN_UP_PAGES);
    return {
      firstFrame: page * PAGE_FRAMES,
      endFrame: Math.min(this.frames, (page + SEGMENT_PAGES) * PAGE_FRAMES),
      firstByte: this.byteOf(from),
      endByte: this.byteOf(page + SEGMENT_PAGES + RUN_OUT_PAGES),
      skipFrames: (page - from) * PAGE_FRAMES,
    };
  }

  segmentOf(frame: number): number {
    return Math.min(this.segmentCount - 1, Math.floor(frame / (SEGMENT_PAGES * PAGE_FRAMES)));
  }

  /** Header pages are numbered so that those of the segment follow on them: a gap would be taken for a loss. */
  stream({ firstByte }: Segment, bytes: Buffer): Buffer {
    const sequence = this.firstSequence + this.pageOf(firstByte) - this.heads.length;
    return Buffer.concat([...this.heads.map((page, index) => renumbered(page, sequence + index)), bytes]);
  }

  framesWithin(firstByte: number, endByte: number): { firstFrame: number; endFrame: number } {
    const clip = (frame: number) => Math.min(this.frames, Math.max(0, frame));
    if (endByte <= this.places.audioAt) return { firstFrame: 0, endFrame: 0 };
    return {
      firstFrame: clip((this.pageOf(firstByte) - 1) * PAGE_FRAMES),
      endFrame: clip(Math.ceil((endByte - this.places.audioAt) / this.places.pageBytes) * PAGE_FRAMES),
    };
  }

  private byteOf(page: number): number {
    return Math.min(this.places.sizeBytes, this.places.audioAt + page * this.places.pageBytes);
  }

  private pageOf(byte: number): number {
    return Math.max(0, Math.floor((byte - this.places.audioAt) / this.places.pageBytes));
  }
}
