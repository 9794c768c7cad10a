/** What MixMonitor's option `D` writes: 8 kHz, 16-bit little-endian, left and right interleaved, no header. */
export const SAMPLE_RATE = 8000;
export const CHANNELS = 2;
export const BYTES_PER_FRAME = 4;
const FRAMES_PER_MS = SAMPLE_RATE / 1000;

/** 20 ms a pair: one frame of G.711, so that silence and peaks share their windows. */
export const PEAKS_PER_SECOND = 50;
export const WINDOW_MS = 1000 / PEAKS_PER_SECOND;
const WINDOW_FRAMES = SAMPLE_RATE / PEAKS_PER_SECOND;

/** Above the idle noise of A-law (about -66 dBFS) and far below the quietest speech of a telephone. */
export const SILENCE_DBFS = -50;
const FULL_SCALE = 32768;
/** The outermost value of µ-law; that of A-law is 32256 (ITU-T G.711, tables 1 and 2, in 16 bits). */
const CLIPPED = 32_124;
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

/** One side, 20 ms after 20 ms. */
export interface SideWindows {
  /** Mean of the squared samples. */
  meanSquares: readonly number[];
  /** How many samples were as far out as telephone codes reach. */
  clipped: readonly number[];
}

export interface PcmMeasurement {
  frames: number;
  durationMs: number;
  left: SideMeasurement;
  right: SideMeasurement;
  /** See `RecordingEntity.peaks`. */
  peaks: Buffer;
  windows: { left: SideWindows; right: SideWindows };
}

/** So that the first sample of a window is both its least and its greatest. */
const [LOWEST, HIGHEST] = [-FULL_SCALE, FULL_SCALE - 1];

/** One side while it is measured. */
class Side {
  readonly peaks: number[] = [];
  private readonly meanSquares: number[] = [];
  private readonly clipped: number[] = [];
  private squares = 0;
  private silentFrames = 0;
  private minimum = HIGHEST;
  private maximum = LOWEST;
  private windowSquares = 0;
  private windowClipped = 0;
  private windowFrames = 0;

  /** @param samples whole frames, interleaved; every second sample from `first` on is of this side */
  add(samples: Int16Array, first: number): void {
    const end = first + samples.length;
    for (let at = first; at < end;) {
      const until = Math.min(end, at + (WINDOW_FRAMES - this.windowFrames) * CHANNELS);
      this.windowFrames += (until - at) / CHANNELS;
      this.addToWindow(samples, at, until);
      if (this.windowFrames === WINDOW_FRAMES) this.closeWindow();
      at = until;
    }
  }

  /** In local variables: this runs for every sample there is. */
  private addToWindow(samples: Int16Array, from: number, until: number): void {
    let { minimum, maximum, windowSquares, windowClipped } = this;
    for (let at = from; at < until; at += CHANNELS) {
      const sample = samples[at] ?? 0;
      if (sample < minimum) minimum = sample;
      if (sample > maximum) maximum = sample;
      windowSquares += sample * sample;
      if (sample >= CLIPPED || sample <= -CLIPPED) windowClipped++;
    }
    this.minimum = minimum;
    this.maximum = maximum;
    this.windowSquares = windowSquares;
    this.windowClipped = windowClipped;
  }

  finish(frames: number): SideMeasurement {
    if (this.windowFrames > 0) this.closeWindow();
    const meanSquare = frames === 0 ? 0 : this.squares / frames;
    return {
      levelDbfs: meanSquare === 0 ? null : toDbfs(meanSquare),
      silentMs: Math.round(this.silentFrames / FRAMES_PER_MS),
    };
  }

  windows(): SideWindows {
    return { meanSquares: this.meanSquares, clipped: this.clipped };
  }

  private closeWindow(): void {
    if (this.windowSquares < SILENCE_MEAN_SQUARE * this.windowFrames) this.silentFrames += this.windowFrames;
    this.squares += this.windowSquares;
    this.peaks.push(toPeak(this.minimum), toPeak(this.maximum));
    this.meanSquares.push(this.windowSquares / this.windowFrames);
    this.clipped.push(this.windowClipped);
    this.minimum = HIGHEST;
    this.maximum = LOWEST;
    this.windowSquares = 0;
    this.windowClipped = 0;
    this.windowFrames = 0;
  }
}

/** @returns dBFS, 0 = a square wave of full scale, which ITU-T G.100.1 calls dBov */
export const toDbfs = (meanSquare: number): number => 10 * Math.log10(meanSquare / FULL_SCALE ** 2);

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
    const { left, right, frames } = this;
    return {
      ...{ left: left.finish(frames), right: right.finish(frames), frames },
      durationMs: durationOf(frames * BYTES_PER_FRAME),
      peaks: Buffer.from(Int8Array.from([...left.peaks, ...right.peaks]).buffer),
      windows: { left: left.windows(), right: right.windows() },
    };
  }

  private addFrames(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    const samples = samplesOf(bytes);
    this.left.add(samples, 0);
    this.right.add(samples, 1);
    this.frames += samples.length / CHANNELS;
  }
}

/** A view where they stand, or of a copy if that is an odd address. Both processors we run on are little-endian. */
function samplesOf(bytes: Uint8Array): Int16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Int16Array(buffer, byteOffset, byteLength / 2);
}
