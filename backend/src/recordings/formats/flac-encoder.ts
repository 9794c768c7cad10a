import { open } from 'node:fs/promises';
import { BYTES_PER_FRAME, CHANNELS, durationOf, SAMPLE_RATE } from '../sealing/pcm.ts';
import type { AudioEncoder } from './audio-encoders.ts';
import { STREAM_INFO_END, streamInfoFrames } from './flac-layout.ts';
import { runTool, SoundToolFailedError } from './sound-tool.ts';

/** `flac` runs some thousand times faster than speech; what takes a hundredth of it hangs. */
const LEAST_SPEED = 100;
const START_TIMEOUT_MS = 30_000;

/** `--verify` decodes while it encodes and compares. Two channels always: the sides are evidence of who spoke. */
const argumentsFor = (pcmBytes: number, target: string) => [
  ...['--silent', '--force', '--verify', '-5', '--no-padding', '--seekpoint=10s'],
  ...['--force-raw-format', '--endian=little', '--sign=signed', '--bps=16'],
  ...[`--channels=${CHANNELS}`, `--sample-rate=${SAMPLE_RATE}`, `--input-size=${pcmBytes}`],
  ...['-o', target, '-'],
];

/** Lossless, and compared bit for bit by `flac` itself. */
export class FlacEncoder implements AudioEncoder {
  constructor(
    private readonly command: string,
    private readonly startTimeoutMs = START_TIMEOUT_MS,
  ) {}

  /** @throws SoundToolFailedError, and what `pcm` throws */
  async encode(pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void> {
    const timeoutMs = this.startTimeoutMs + durationOf(pcmBytes) / LEAST_SPEED;
    await runTool({ command: this.command, args: argumentsFor(pcmBytes, target), input: pcm, timeoutMs });
    const encoded = await encodedFrames(target);
    const expected = pcmBytes / BYTES_PER_FRAME;
    if (encoded !== expected) throw new SoundToolFailedError(`${encoded} of ${expected} frames were encoded`);
  }
}

async function encodedFrames(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(STREAM_INFO_END);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return bytesRead < head.length ? 0 : streamInfoFrames(head);
  } finally {
    await file.close();
  }
}
