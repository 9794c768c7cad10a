import type { AudioFormat } from './audio-format.ts';
import { FlacEncoder } from './flac-encoder.ts';
import { MalformedOggError } from './ogg.ts';
import { OpusEncoder } from './opus-encoder.ts';
import { SoundLayoutError } from './sound-layout.ts';
import { SoundToolFailedError } from './sound-tool.ts';
import { Turns } from './turns.ts';

/** The audio could not be encoded, or what came out is not what went in. */
export class EncoderFailedError extends Error {
  override readonly name = 'EncoderFailedError';
}

/** Encodes one stream into a file, and makes sure that the file holds all of it. */
export interface AudioEncoder {
  encode(pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void>;
}

/** More would not be faster on the smallest box and would take the processor from calls. */
const AT_ONCE = 2;

/** An encoder for each format, by the tools of the runtime root. */
export class AudioEncoders {
  private readonly turns = new Turns(AT_ONCE);
  private readonly encoders: Record<AudioFormat, AudioEncoder>;

  /** @param tools commands by name, e.g. to stand in for one of them */
  constructor(toolsDir: string, encoders: Partial<Record<AudioFormat, AudioEncoder>> = {}) {
    this.encoders = { flac: new FlacEncoder(`${toolsDir}/flac`), opus: new OpusEncoder(toolsDir), ...encoders };
  }

  /**
   * Waits for its turn: two run at once.
   * @param pcm interleaved stereo as in `pcm.ts`
   * @param pcmBytes how much `pcm` will yield
   * @param target file to write; what is there is replaced
   * @throws EncoderFailedError, and what `pcm` throws
   */
  async encode(format: AudioFormat, pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void> {
    try {
      await this.turns.take(() => this.encoders[format].encode(pcm, pcmBytes, target));
    } catch (error) {
      const isOurs = [SoundToolFailedError, SoundLayoutError, MalformedOggError].some((kind) => error instanceof kind);
      if (!isOurs) throw error;
      throw new EncoderFailedError(`${format}: ${(error as Error).message}`, { cause: error });
    }
  }
}
