import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { AudioFormat } from '../formats/audio-format.ts';
import { wavHeader } from '../formats/mixed-wav.ts';
import { openLayout } from '../formats/open-layout.ts';
import { DECODING as OPUS_DECODING } from '../formats/opus-encoder.ts';
import type { AudioSide, ExportFormat } from './export.schema.ts';
import { throughTool } from './tool-stream.ts';

/** Audio as it was sealed. */
export interface SealedContent {
  format: AudioFormat;
  sizeBytes: number;
  /** The bytes from `start` up to, not including, `end`. */
  range: (start: number, end: number) => AsyncIterable<Uint8Array>;
}

/** Which of the two channels: the sides are told apart by place, left = the outside party, right = our side. */
const CHANNEL: Record<Exclude<AudioSide, 'both'>, string> = { left: '1', right: '2' };

/**
 * 64 kbit/s, constant, is the most that MPEG-2.5 layer III has at 8 kHz, and sox encodes two channels as two, not as sum
 * and difference: measured, what one side says is 68 dB below on the other.
 */
const ENCODER: Record<Exclude<ExportFormat, 'original'>, readonly string[]> = {
  wav: ['-t', 'wav', '-e', 'signed-integer', '-b', '16'],
  flac: ['-t', 'flac', '-C', '5'],
  mp3: ['-t', 'mp3', '-C', '64'],
};

/** `sox` ends with success after a decoder that has lost its way. */
const DECODER_LOST = /WARN (?:flac|wav)|FAIL/;

/** Whether the file that leaves is, byte for byte, what was sealed. */
export const isAsSealed = (sealed: AudioFormat, format: ExportFormat, side: AudioSide): boolean =>
  side === 'both' && (format === 'original' || format === sealed);

/** @returns the ending of a file name, without the dot */
export const extensionOf = (sealed: AudioFormat, format: ExportFormat): string =>
  format === 'original' ? sealed : format;

/** Sealed audio as a file of another format, by the tools of the runtime root. Nothing is written to a disk. */
export class AudioConversion {
  constructor(private readonly toolsDir: string) {}

  /** @throws ToolFailedError, SoundLayoutError, and what `sealed.range` throws; all while it is read */
  convert(sealed: SealedContent, format: ExportFormat, side: AudioSide): AsyncIterable<Uint8Array> {
    if (format === 'original' || isAsSealed(sealed.format, format, side)) return sealed.range(0, sealed.sizeBytes);
    const channel = side === 'both' ? [] : ['remix', CHANNEL[side]];
    const opened = sealed.format === 'flac' ? sealed.range(0, sealed.sizeBytes) : this.opusAsWav(sealed);
    if (sealed.format === 'opus' && format === 'wav' && side === 'both') return opened;
    return throughTool(
      {
        command: join(this.toolsDir, 'sox'),
        // No dither: the samples are to be those that were sealed.
        args: [
          '--no-dither',
          '-t',
          sealed.format === 'flac' ? 'flac' : 'wav',
          '-',
          ...ENCODER[format],
          '-',
          ...channel,
        ],
        fatal: DECODER_LOST,
      },
      opened,
    );
  }

  /** `sox` cannot read Opus from a pipe, and writes no right header for audio whose length it is not told. */
  private async *opusAsWav({ sizeBytes, range }: SealedContent): AsyncGenerator<Uint8Array> {
    const read = async (start: number, end: number) => buffer(range(start, end));
    const { frames } = await openLayout('opus', read, sizeBytes);
    yield wavHeader(frames, 2);
    const command = join(this.toolsDir, 'opusdec');
    yield* throughTool({ command, args: [...OPUS_DECODING, '-', '-'] }, range(0, sizeBytes));
  }
}
