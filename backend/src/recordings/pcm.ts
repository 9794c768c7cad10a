/** What MixMonitor's option `D` writes: 8 kHz, 16-bit little-endian, left and right interleaved, no header. */
export const SAMPLE_RATE = 8000;
export const CHANNELS = 2;
export const BYTES_PER_FRAME = 4;
const FRAMES_PER_MS = SAMPLE_RATE / 1000;

/** 20 ms a pair: one frame of G.711, so that silence and peaks share their windows. */
export const PEAKS_PER_SECOND = 50;
const WINDOW_FRAMES = SAMPLE_RATE / PEAKS_PER_SECOND;

/** Above the idle noise of A-law (about -66 dBFS) and far below the quietest speech of a telephone. */
export const SILENCE_DBFS = -50;
const FULL_SCALE = 32768;
const SILENCE_MEAN_SQUARE = (FULL_SCALE * 10 ** (SILENCE_DBFS / 20)) ** 2;

/** Whole frames only: a writer that was killed leaves part of a frame at the end. */
export const alignedBytes = (bytes: number): number => bytes - (bytes % BYTES_PER_FRAME);

export const durationOf = (bytes: number): number => Math.floor(bytes / BYTES_PER_FRAME / FRAMES_PER_MS);

export const bytesLasting = (durationMs: number): number => durationMs * FRAMES_PER_MS * BYTES_PER_FRAME;

export interface SideMeasurement {
  /** RMS over the whole; null when every sample is zero. */
  levelDbfs: number | null;
  silentMs: number;
}

export interface PcmMeasurement {
  frames: number;
  durationMs: number;
  left: SideMeasurement;
  right: SideMeasurement;
  /** See `RecordingEntity.peaks`. */
  peaks: Buffer;
}

/** One side while it is measured. */
class Side {
  readonly peaks: number[] = [];
  private squares = 0;
  private silentFrames = 0;
  private minimum = 0;
  private maximum = 0;
  private windowSquares = 0;
  private windowFrames = 0;

  add(sample: number): void {
    if (this.windowFrames === 0) {
      this.minimum = sample;
      this.maximum = sample;
    } else if (sample < this.minimum) this.minimum = sample;
    else if (sample > this.maximum) this.maximum = sample;
    this.windowSquares += sample * sample;
    if (++this.windowFrames === WINDOW_FRAMES) this.closeWindow();
  }

  finish(frames: number): SideMeasurement {
    if (this.windowFrames > 0) this.closeWindow();
    const meanSquare = frames === 0 ? 0 : this.squares / frames;
    return {
      levelDbfs: meanSquare === 0 ? null : 10 * Math.log10(meanSquare / FULL_SCALE ** 2),
      silentMs: Math.round(this.silentFrames / FRAMES_PER_MS),
    };
  }

  private closeWindow(): void {
    if (this.windowSquares < SILENCE_MEAN_SQUARE * this.windowFrames) this.silentFrames += this.windowFrames;
    this.squares += this.windowSquares;
    this.peaks.push(toPeak(this.minimum), toPeak(this.maximum));
    this.windowSquares = 0;
    this.windowFrames = 0;
  }
}

const toPeak = (sample: number) => Math.min(127, Math.round(sample / 256));

/** Measures interleaved stereo as it streams by, in constant time a frame. Chunks may be cut anywhere. */
export class PcmMeter {
  private readonly left = new Side();
  private readonly right = new Side();
  private readonly torn = new Uint8Array(BYTES_PER_FRAME);
  private tornBytes = 0;
  private frames = 0;

  add(chunk: Uint8Array): void {
    let offset = 0;
    while (this.tornBytes > 0 && offset < chunk.length) {
      this.torn[this.tornBytes++] = chunk[offset++] ?? 0;
      if (this.tornBytes < BYTES_PER_FRAME) continue;
      this.tornBytes = 0;
      this.addFrames(this.torn);
    }
    const whole = offset + alignedBytes(chunk.length - offset);
    this.addFrames(chunk.subarray(offset, whole));
    if (whole === chunk.length) return;
    this.torn.set(chunk.subarray(whole));
    this.tornBytes = chunk.length - whole;
  }

  /** Bytes of a torn last frame are left out. */
  finish(): PcmMeasurement {
    return {
      left: this.left.finish(this.frames),
      right: this.right.finish(this.frames),
      frames: this.frames,
      durationMs: durationOf(this.frames * BYTES_PER_FRAME),
      peaks: Buffer.from(Int8Array.from([...this.left.peaks, ...this.right.peaks]).buffer),
    };
  }

  private addFrames(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.byteLength; at += BYTES_PER_FRAME) {
      this.left.add(view.getInt16(at, true));
      this.right.add(view.getInt16(at + 2, true));
    }
    this.frames += bytes.byteLength / BYTES_PER_FRAME;
  }
}
