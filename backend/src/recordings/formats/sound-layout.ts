/** Yields bytes of a file from `start` up to, not including, `end`. */
export type ReadPart = (start: number, end: number) => Promise<Buffer>;

/** A stretch of a file that can be decoded by itself, always to the same samples. */
export interface Segment {
  firstFrame: number;
  endFrame: number;
  /** What a decoder has to be given of the file. */
  firstByte: number;
  endByte: number;
  /** Frames that come out before `firstFrame`, from a decoder that needs a run-up. */
  skipFrames: number;
}

/** Which bytes of a sealed file hold which moments. */
export interface SoundLayout {
  readonly frames: number;
  readonly segmentCount: number;
  segment(index: number): Segment;
  /** The segment that a frame is in. */
  segmentOf(frame: number): number;
  /** Makes a stream of its own of the bytes of a segment. */
  stream(segment: Segment, bytes: Buffer): Buffer;
  /**
   * The frames of which a part of the file holds anything, rounded outward.
   * @param endByte not included
   */
  framesWithin(firstByte: number, endByte: number): { firstFrame: number; endFrame: number };
}

/** The file cannot be taken apart: it is not what our encoders make. */
export class SoundLayoutError extends Error {
  override readonly name = 'SoundLayoutError';
}
