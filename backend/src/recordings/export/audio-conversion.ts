import { join } from 'node:path';
import type { AudioSide, ExportFormat } from './export.schema.ts';
import { throughTool } from './tool-stream.ts';

/** How the vault holds the audio of a recording. */
export type SealedFormat = 'flac';

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
const DECODER_LOST = /WARN flac|FAIL/;

/** Whether the file that leaves is, byte for byte, what was sealed. */
export const isAsSealed = (sealed: SealedFormat, format: ExportFormat, side: AudioSide): boolean =>
  side === 'both' && (format === 'original' || format === sealed);

/** @returns the ending of a file name, without the dot */
export const extensionOf = (sealed: SealedFormat, format: ExportFormat): string =>
  format === 'original' ? sealed : format;

/** Sealed audio as a file of another format, by the `sox` of the runtime root. Nothing is written to a disk. */
export class AudioConversion {
  constructor(private readonly toolsDir: string) {}

  /**
   * @param audio what was sealed, whole
   * @throws ToolFailedError, and what `audio` throws
   */
  convert(
    audio: AsyncIterable<Uint8Array>,
    sealed: SealedFormat,
    format: ExportFormat,
    side: AudioSide,
  ): AsyncIterable<Uint8Array> {
    if (isAsSealed(sealed, format, side)) return audio;
    const encoder = ENCODER[format === 'original' ? sealed : format];
    const channel = side === 'both' ? [] : ['remix', CHANNEL[side]];
    return throughTool(
      {
        command: join(this.toolsDir, 'sox'),
        // No dither: the samples are to be those that were sealed.
        args: ['--no-dither', '-t', sealed, '-', ...encoder, '-', ...channel],
        fatal: DECODER_LOST,
      },
      audio,
    );
  }
}
