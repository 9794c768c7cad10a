import type { AudioFormat } from './audio-format.ts';
import { flacLayout } from './flac-layout.ts';
import { opusLayout } from './opus-layout.ts';
import type { ReadPart, SoundLayout } from './sound-layout.ts';

const LAYOUTS: Record<AudioFormat, (read: ReadPart, sizeBytes: number) => Promise<SoundLayout>> = {
  flac: flacLayout,
  opus: opusLayout,
};

/**
 * Reads as much of a file as says where everything is: its head, and the last page of an Opus file.
 * @throws SoundLayoutError, and what `read` throws
 */
export const openLayout = (format: AudioFormat, read: ReadPart, sizeBytes: number): Promise<SoundLayout> =>
  LAYOUTS[format](read, sizeBytes);
