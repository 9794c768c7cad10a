import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { isMissing } from '../../platform/file-errors.ts';
import {
  BYTES_PER_FRAME,
  CHANNELS,
  durationOf,
  PcmMeter,
  SAMPLE_RATE,
  type SideMeasurement,
  SILENCE_DBFS,
} from '../sealing/pcm.ts';
import type { AudioEncoder } from './audio-encoders.ts';
import { LARGEST_PAGE_BYTES, readPage } from './ogg.ts';
import { opusLayout } from './opus-layout.ts';
import { runTool, SoundToolFailedError } from './sound-tool.ts';

/** `opusenc` runs some 60 times faster than speech; what takes a tenth of it hangs. */
const LEAST_SPEED = 6;
const START_TIMEOUT_MS = 30_000;

/**
 * Measured with two voices at once, one of them 30 dB below the other: at 32 and 48 kbit/s the encoder takes the two sides
 * for one room and lets 70 % of the quiet one be drowned by the loud one; from 64 kbit/s on each keeps 99 % of itself and
 * hears nothing of the other. Narrowband, because there is nothing above 4 kHz to spend bits on.
 */
const BITRATE_KBITS = 64;
/** `OPUS_SET_FORCE_CHANNELS` and `OPUS_SET_MAX_BANDWIDTH(OPUS_BANDWIDTH_NARROWBAND)`, opus_defines.h. */
const CONTROLS = ['--set-ctl-int', `4022=${CHANNELS}`, '--set-ctl-int', '4004=1101'];

/**
 * Measured on speech at this bitrate, the quiet side 30 dB below: what each side keeps of itself and hears of the other is the
 * same from the least effort to the most (correlation 0.996 to 0.997, bleed 0.003), and the most takes half as long again.
 */
const EFFORT = ['--comp', '0'];

/** The stream's number is fixed, so that sealing twice makes the same file. */
const ENCODING = [
  ...['--quiet', '--hard-cbr', '--bitrate', String(BITRATE_KBITS), '--serial', '1', ...EFFORT, ...CONTROLS],
  ...['--raw', '--raw-bits', '16', '--raw-rate', String(SAMPLE_RATE), '--raw-chan', String(CHANNELS), '-'],
];

/** How the decoder follows the encoder. */
const READ_BYTES = 64 * 1024;
const GROWS_WITHIN_MS = 10;

/** What encoding may change of the level of a side that is not silent: far more than it does, far less than a mix-up. */
const LEVEL_TOLERANCE_DB = 3;

/** Lossy, two channels forced, constant bitrate; what comes out is decoded and held against what went in. */
export class OpusEncoder implements AudioEncoder {
  constructor(
    private readonly toolsDir: string,
    private readonly startTimeoutMs = START_TIMEOUT_MS,
  ) {}

  /** @throws SoundToolFailedError, and what `pcm` throws */
  async encode(pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void> {
    const timeoutMs = this.startTimeoutMs + durationOf(pcmBytes) / LEAST_SPEED;
    const before = new PcmMeter();
    const metered = async function* () {
      for await (const chunk of pcm) {
        before.add(chunk);
        yield chunk;
      }
    };
    // Or what an earlier attempt has left would be decoded.
    await rm(target, { force: true });
    const after = new PcmMeter();
    let ended = false;
    const encoding = runTool({
      ...{ command: `${this.toolsDir}/opusenc`, args: [...ENCODING, target], input: metered(), timeoutMs },
    }).finally(() => (ended = true));
    // What is encoded is decoded while the rest still is: on a second processor, in no time of its own.
    const decoding = runTool({
      ...{ command: `${this.toolsDir}/opusdec`, args: [...DECODING, '-', '-'], timeoutMs },
      input: growing(target, () => ended),
      output: (bytes) => after.add(bytes),
    });
    const [encoded, decoded] = await Promise.allSettled([encoding, decoding]);
    for (const outcome of [encoded, decoded]) if (outcome.status === 'rejected') throw outcome.reason;
    await checkPages(target, pcmBytes / BYTES_PER_FRAME);
    const [wanted, got] = [before.finish(), after.finish()];
    if (got.frames !== wanted.frames)
      throw new SoundToolFailedError(`${got.frames} of ${wanted.frames} frames came back`);
    if (isChanged(wanted.left, got.left) || isChanged(wanted.right, got.right)) {
      throw new SoundToolFailedError('the sides are not as loud as they were');
    }
  }
}

/** A file from its beginning to the end that it has when nobody writes it any more. */
async function* growing(path: string, isEnded: () => boolean): AsyncGenerator<Buffer> {
  const file = await openOnceThere(path, isEnded);
  if (!file) return;
  try {
    for (let at = 0; ;) {
      const last = isEnded();
      const bytes = await readPart(file, at, at + READ_BYTES);
      at += bytes.length;
      if (bytes.length > 0) yield bytes;
      else if (last) return;
      else await setTimeout(GROWS_WITHIN_MS);
    }
  } finally {
    await file.close();
  }
}

/** @returns null when it never came to be */
async function openOnceThere(path: string, isEnded: () => boolean): Promise<FileHandle | null> {
  for (;;) {
    const last = isEnded();
    try {
      return await open(path, 'r');
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (last) return null;
    }
    await setTimeout(GROWS_WITHIN_MS);
  }
}

/** Raw samples like those that were encoded. Without dither, so that decoding is the same each time. */
export const DECODING = ['--quiet', '--no-dither', '--rate', String(SAMPLE_RATE)];

function isChanged(before: SideMeasurement, after: SideMeasurement): boolean {
  const [wanted, got] = [before.levelDbfs ?? -Infinity, after.levelDbfs ?? -Infinity];
  if (wanted < SILENCE_DBFS) return got >= SILENCE_DBFS + LEVEL_TOLERANCE_DB;
  return Math.abs(wanted - got) > LEVEL_TOLERANCE_DB;
}

/** Every second has to stand where `OpusLayout` will look for it. */
async function checkPages(path: string, frames: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const layout = await opusLayout((start, end) => readPart(file, start, end), size);
    if (layout.frames !== frames) throw new SoundToolFailedError(`${layout.frames} of ${frames} frames were encoded`);
    const packets = new Set<number>();
    for (let at = layout.segment(0).firstByte; at < size;) {
      const page = readPage(await readPart(file, at, Math.min(size, at + LARGEST_PAGE_BYTES)), 0);
      for (const bytes of page.packets) packets.add(bytes);
      at += page.bytes;
    }
    if (packets.size !== 1) throw new SoundToolFailedError('the bitrate is not constant');
  } finally {
    await file.close();
  }
}

async function readPart(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const part = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(part, 0, part.length, start);
  return part.subarray(0, bytesRead);
}
