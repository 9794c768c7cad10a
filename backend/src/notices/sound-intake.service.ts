import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { isFull } from '../platform/file-errors.ts';
import { SoundToolFailedError } from '../recordings/formats/sound-tool.ts';
import {
  SoundBrokenOffError,
  SoundRoomMissingError,
  SoundTooLargeError,
  SoundToolsBusyError,
  SoundUnfitError,
  SoundUnreadableError,
} from './notice-audio.errors.ts';
import { UPLOAD_BYTES } from './notice-audio.schema.ts';
import { LONGEST_SECONDS, soundRefusal } from './sound-judgement.ts';
import { KIND_BYTES, soundKind, type SoundKind } from './sound-kind.ts';
import { measureSound, type SoundLevel } from './sound-level.ts';
import { SoundTools, TooMuchSoundError } from './sound-tools.service.ts';
import { levelled, RAW_SOUND } from './speech.ts';

export interface TakenSound {
  /** At the level of all notices. */
  pcm: Buffer;
  /** Of what came in. */
  level: SoundLevel;
}

/** At its own rate, 16 bit, at most two channels, to the standard output. */
const AAC_TO_WAV = ['-q', '-d', '-b', '1', '-f', '1', '-w'];

/** Each takes room on the disk while it comes. */
const MOST_AT_ONCE = 4;

const hasCode = (error: unknown, ...codes: string[]) => codes.includes((error as NodeJS.ErrnoException).code ?? '');

/** Makes of a sound file, whatever it may be, what a telephone can play; or says why not. Leaves nothing behind. */
@Injectable()
export class SoundIntake {
  private arriving = 0;

  constructor(private readonly tools: SoundTools) {}

  /** What a process that died was converting is of no use to anybody. */
  async clear(): Promise<void> {
    await rm(this.tools.scratch, { recursive: true, force: true });
  }

  /**
   * @param bytes a sound file of any kind of `sound-kind.ts`
   * @throws SoundTooLargeError, SoundBrokenOffError, SoundUnreadableError, SoundUnfitError, SoundRoomMissingError,
   * SoundToolsBusyError
   */
  async take(bytes: Readable): Promise<TakenSound> {
    if (this.arriving >= MOST_AT_ONCE) throw new SoundToolsBusyError();
    this.arriving++;
    const path = join(this.tools.scratch, randomUUID());
    try {
      await mkdir(this.tools.scratch, { recursive: true, mode: 0o700 });
      await receive(bytes, path);
      return await this.fitSound(await this.convert(path, await kindOf(path)));
    } catch (error) {
      if (isFull(error)) throw new SoundRoomMissingError();
      throw error;
    } finally {
      this.arriving--;
      await rm(path, { force: true });
    }
  }

  /**
   * @param pcm 8 kHz mono, signed 16 bit, as it was recorded
   * @throws SoundUnfitError
   */
  async fitSound(pcm: Buffer): Promise<TakenSound> {
    const level = measureSound(pcm);
    const refusal = soundRefusal(level);
    if (refusal !== null) throw new SoundUnfitError(refusal);
    return { pcm: await levelled(pcm, this.tools.run), level };
  }

  private async convert(path: string, kind: SoundKind): Promise<Buffer> {
    try {
      if (kind !== 'aac') return await this.asRaw(['-t', kind, path]);
      return await this.asRaw(
        ['--ignore-length', '-t', 'wav', '-'],
        await this.tools.run('faad', [...AAC_TO_WAV, path]),
      );
    } catch (error) {
      if (error instanceof TooMuchSoundError) throw new SoundUnfitError('too-long');
      if (error instanceof SoundToolFailedError) throw new SoundUnreadableError(kind === 'aac' ? 'no-aac' : 'damaged');
      throw error;
    }
  }

  /** @param source its kind named, never guessed by the tool: it knows kinds of file that make it open others */
  private async asRaw(source: readonly string[], input?: Buffer): Promise<Buffer> {
    const longest = ['trim', '0', String(LONGEST_SECONDS + 1)];
    return await this.tools.run('sox', ['-D', '-V1', ...source, ...RAW_SOUND, '-', ...longest], input);
  }
}

async function receive(bytes: Readable, path: string): Promise<void> {
  let received = 0;
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > UPLOAD_BYTES) throw new SoundTooLargeError(UPLOAD_BYTES);
      yield chunk;
    }
  };
  try {
    await pipeline(bytes, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if (hasCode(error, 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE')) throw new SoundBrokenOffError();
    throw error;
  }
}

async function kindOf(path: string): Promise<SoundKind> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0);
    const kind = soundKind(buffer.subarray(0, bytesRead));
    if (kind === null) throw new SoundUnreadableError('unknown-kind');
    return kind;
  } finally {
    await file.close();
  }
}
