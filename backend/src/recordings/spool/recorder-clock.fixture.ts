import type { ClockMark } from './recorder-clock.ts';
import { bytesLasting } from '../sealing/pcm.ts';

/** Any moment; the machine had been up for an hour. */
export const CALL_BEGAN = 1_763_700_000_000;
const MONOTONIC_BEGAN = 3_600_000;
const FRAME_MS = 20;

/** A recorder as `recorder-clock.c` keeps its clock, with the time of the call in our hands. */
export class ClockedRecorder {
  readonly marks: ClockMark[] = [];
  bytes = 0;
  nowMs = 0;
  private markedAtMs = -Infinity;
  private deviationMs = 0;

  /** Frames that come one after the other. `lateMs`: all of them are handled only at the end of a stall of this length. */
  hear(frames: number, lateMs = 0): void {
    const handledMs = this.nowMs + lateMs;
    for (let frame = 0; frame < frames; frame++) {
      this.write(Math.max(this.nowMs, handledMs - FRAME_MS));
      this.nowMs += FRAME_MS;
    }
  }

  quiet(durationMs: number): void {
    this.nowMs += durationMs;
  }

  /** What comes meanwhile cannot be written. */
  refused(durationMs: number, error = 'ENOSPC'): void {
    this.mark('lost', this.nowMs, error);
    this.nowMs += durationMs;
    this.markedAtMs = -Infinity;
  }

  open(): void {
    this.mark('open', this.nowMs);
  }

  close(): void {
    this.mark('close', this.nowMs);
  }

  private write(heardMs: number): void {
    const deviationMs = heardMs - this.bytes / bytesLasting(1);
    if (heardMs - this.markedAtMs >= 1000 || Math.abs(deviationMs - this.deviationMs) >= FRAME_MS) {
      this.mark('at', heardMs);
      this.markedAtMs = heardMs;
      this.deviationMs = deviationMs;
    }
    this.bytes += bytesLasting(FRAME_MS);
  }

  private mark(kind: ClockMark['kind'], atMs: number, error: string | null = null): void {
    const [wallMs, monotonicMs] = [CALL_BEGAN + atMs, MONOTONIC_BEGAN + atMs];
    this.marks.push({ kind, wallMs, monotonicMs, bytes: this.bytes, error });
  }
}
