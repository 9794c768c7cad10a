import { Injectable } from '@nestjs/common';
import { MEDIA_TYPE } from '../formats/audio-format.ts';
import { MixedWav, type Mix } from '../formats/mixed-wav.ts';
import { openLayout } from '../formats/open-layout.ts';
import { SegmentDecoder } from '../formats/segment-decoder.ts';
import { type ReadPart, SoundLayoutError } from '../formats/sound-layout.ts';
import { SoundToolFailedError } from '../formats/sound-tool.ts';
import { SAMPLE_RATE } from '../sealing/pcm.ts';
import type { Hearing, Stretch } from './play-sessions.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingUndecodableError } from '../recordings.errors.ts';
import { type ReadAudio, SealedAudioReader } from './sealed-audio-reader.ts';

/** A recording as it is heard: bytes of a known number, and which moments they hold. */
export interface Sound {
  recording: RecordingEntity;
  hearing: Hearing;
  mediaType: string;
  sizeBytes: number;
  /** Of exactly these bytes, quoted (RFC 9110, 8.8.3). */
  etag: string;
  /** Reads from byte `first` up to, not including, `end`. */
  read: ReadAudio;
  /** @returns the moments that these bytes hold anything of, rounded outward; null when that cannot be known */
  stretchOf(first: number, end: number): Promise<Stretch | null>;
}

/** Recordings to be heard: the stereo file as it was sealed, or one channel of it as WAV, both straight from the ciphertext. */
@Injectable()
export class Sounds {
  constructor(
    private readonly sealed: SealedAudioReader,
    private readonly decoder: SegmentDecoder,
  ) {}

  /**
   * @throws NotFoundError, and everything that `SealedAudioReader` throws
   * @throws RecordingUndecodableError when one channel is wanted and cannot be made; while reading, too
   */
  async open(id: string, hearing: Hearing): Promise<Sound> {
    const recording = await this.sealed.find(id);
    const { path, sizeBytes } = recording;
    if (path === null || sizeBytes === null) throw await this.sealed.missing(recording);
    const read = await this.sealed.open(recording, path, sizeBytes);
    const layout = () => openLayout(recording.format ?? 'flac', collected(read), sizeBytes);
    if (hearing === 'stereo') return asSealed(recording, sizeBytes, read, layout);
    try {
      const wav = new MixedWav(recording.format ?? 'flac', await layout(), hearing, collected(read), this.decoder);
      return mixed(recording, hearing, wav);
    } catch (error) {
      throw explained(recording, error);
    }
  }
}

function asSealed(
  recording: RecordingEntity,
  sizeBytes: number,
  read: ReadAudio,
  layout: () => ReturnType<typeof openLayout>,
): Sound {
  return {
    ...{ recording, hearing: 'stereo', sizeBytes, read },
    mediaType: MEDIA_TYPE[recording.format ?? 'flac'],
    etag: `"${recording.sha256}"`,
    stretchOf: async (first, end) => {
      // Damaged where its places are told: what could be played of it was played nonetheless.
      const known = await layout().catch(() => null);
      return known && stretchOf(known.framesWithin(first, end));
    },
  };
}

function mixed(recording: RecordingEntity, hearing: Mix, wav: MixedWav): Sound {
  return {
    ...{ recording, hearing, sizeBytes: wav.sizeBytes, mediaType: 'audio/wav' },
    etag: `"${recording.sha256}-${hearing}"`,
    read: (first, end) => decodable(recording, wav.range(first, end)),
    stretchOf: (first, end) => Promise.resolve(stretchOf(wav.framesWithin(first, end))),
  };
}

async function* decodable(recording: RecordingEntity, sound: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer> {
  try {
    yield* sound;
  } catch (error) {
    throw explained(recording, error);
  }
}

const explained = ({ id }: RecordingEntity, error: unknown): unknown =>
  error instanceof SoundLayoutError || error instanceof SoundToolFailedError
    ? new RecordingUndecodableError(id, error)
    : error;

function stretchOf({ firstFrame, endFrame }: { firstFrame: number; endFrame: number }): Stretch {
  const framesPerMs = SAMPLE_RATE / 1000;
  return { fromMs: Math.floor(firstFrame / framesPerMs), toMs: Math.ceil(endFrame / framesPerMs) };
}

const collected =
  (read: ReadAudio): ReadPart =>
  async (start, end) => {
    const parts: Buffer[] = [];
    for await (const part of read(start, end)) parts.push(part);
    return Buffer.concat(parts);
  };
