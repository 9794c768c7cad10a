import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  ciphertextSize,
  decryptWhole,
  encrypt,
  type OpenedMessage,
  openMessage,
  type ReadRange,
} from '../encryption/chunked.ts';
import { UndecryptableError } from '../encryption/encryption.errors.ts';
import { recordingContext } from '../encryption/keys.ts';
import { type KeyedRecording, RecordingKeys } from '../encryption/recording-keys.service.ts';
import { type ListedFile, RecordingStore, StoredFileExistsError, StoredFileMissingError } from './recording-store.ts';

const READ_BYTES = 256 * 1024;
/** A millisecond of work, then everything else that the process serves has its turn. */
const CHUNKS_AT_ONCE = 64;

/** Audio in the vault. Size and hash are those of the audio, whatever the store holds of it. */
export interface SealedAudio {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** What was stored cannot be read back as it was written. */
export class VaultFileDamagedError extends Error {
  override readonly name = 'VaultFileDamagedError';
}

/**
 * The vault: audio in, audio out, and nothing but ciphertext in the store between the two. The only way to the store for
 * anybody. Each recording has its own key and its file opens in no other one's place.
 */
@Injectable()
export class Vault {
  constructor(
    private readonly store: RecordingStore,
    private readonly keys: RecordingKeys,
  ) {}

  /** What the store is and where. */
  get place(): string {
    return this.store.place;
  }

  check(): Promise<void> {
    return this.store.check();
  }

  /**
   * Makes sure that a recording could be stored now: the right disk is there, and a key for it, which is made if need be.
   * @throws StoreRefusedError, and what `RecordingKeys.forSealing` throws
   */
  async prepare(recording: KeyedRecording): Promise<void> {
    await this.store.check();
    await this.keys.forSealing(recording);
  }

  /**
   * Encrypts a file into the store and reads it back, because the spool is removed on the strength of this. A file that an
   * earlier attempt left at the path is kept if it is this audio, and otherwise gives way.
   * @param recording one that `prepare` was called for
   * @param path one that nothing relies on yet
   * @throws VaultFileDamagedError, and what `RecordingStore.write` and `RecordingKeys.find` throw
   */
  async put({ id }: Pick<KeyedRecording, 'id'>, path: string, file: string): Promise<SealedAudio> {
    const key = await this.keys.find(id);
    const sealed = { path, ...(await measure(file)) };
    const write = () =>
      this.store.write(
        path,
        encrypt(contentOf(file), key.bytes, recordingContext(id)),
        ciphertextSize(sealed.sizeBytes),
      );
    try {
      await write();
    } catch (error) {
      if (!(error instanceof StoredFileExistsError)) throw error;
      if (await this.holds(id, sealed)) return sealed;
      await this.store.remove(path);
      await write();
    }
    if (!(await this.holds(id, sealed))) throw new VaultFileDamagedError(`${path} reads back differently`);
    return sealed;
  }

  /**
   * Whether the vault holds exactly this audio of this recording, by decrypting all of it.
   * @throws RecordingKeyGoneError and the other failures of keys: nothing is known about the file then
   */
  async holds(recordingId: string, audio: SealedAudio): Promise<boolean> {
    try {
      return await this.verify(recordingId, audio, () => undefined);
    } catch (error) {
      if (error instanceof StoredFileMissingError) return false;
      throw error;
    }
  }

  /**
   * All of this audio of this recording, decrypted once and found to be exactly what was sealed: for what may be held in
   * memory. Nothing of it is given out before.
   * @returns its parts in order; null when it is not what was sealed
   * @throws StoredFileMissingError, and what `RecordingKeys.find` and `RecordingStore.read` throw
   */
  async whole(recordingId: string, audio: SealedAudio): Promise<Buffer[] | null> {
    const parts: Buffer[] = [];
    return (await this.verify(recordingId, audio, (chunk) => parts.push(chunk))) ? parts : null;
  }

  /** Reads the file once, from its beginning to its end; one that has another size is not read. */
  private async verify(
    recordingId: string,
    { path, sizeBytes, sha256 }: SealedAudio,
    take: (chunk: Buffer) => void,
  ): Promise<boolean> {
    const key = await this.keys.find(recordingId);
    const storedBytes = ciphertextSize(sizeBytes);
    const found = await this.store.sizeOf(path);
    if (found === null) throw new StoredFileMissingError(path);
    if (found !== storedBytes) return false;
    const { content } = await this.store.read(path, { first: 0, last: storedBytes - 1 });
    const sealed = content as AsyncIterable<Buffer>;
    const hash = createHash('sha256');
    let chunks = 0;
    try {
      for await (const chunk of decryptWhole(sealed, storedBytes, key.bytes, recordingContext(recordingId))) {
        hash.update(chunk);
        take(chunk);
        if (++chunks % CHUNKS_AT_ONCE === 0) await setImmediate();
      }
    } catch (error) {
      if (error instanceof UndecryptableError) return false;
      throw error;
    }
    return hash.digest('hex') === sha256;
  }

  /**
   * Opens the audio of a recording for reading by ranges, with key, place and length already verified.
   * @throws StoredFileMissingError
   * @throws WrongKeyOrContextError, CiphertextTruncatedError, ChunkAlteredError; while a range is read too
   * @throws what `RecordingKeys.find` throws
   */
  async open(recordingId: string, path: string): Promise<OpenedMessage> {
    const storedBytes = await this.store.sizeOf(path);
    if (storedBytes === null) throw new StoredFileMissingError(path);
    const key = await this.keys.find(recordingId);
    const read: ReadRange = async (start, end) => {
      const { content } = await this.store.read(path, { first: start, last: end - 1 });
      return content as AsyncIterable<Buffer>;
    };
    return openMessage(read, storedBytes, key.bytes, recordingContext(recordingId));
  }

  async has(path: string): Promise<boolean> {
    return (await this.store.sizeOf(path)) !== null;
  }

  /** Whether there is a file as large as this much audio needs: a glance, not a proof. */
  async hasSizeOf({ path, sizeBytes }: Pick<SealedAudio, 'path' | 'sizeBytes'>): Promise<boolean> {
    return (await this.store.sizeOf(path)) === ciphertextSize(sizeBytes);
  }

  /**
   * Makes audio unreadable, then removes it. What is gone already is as good.
   * @throws what `RecordingStore.remove` throws
   */
  async destroy(recordingId: string, path: string): Promise<void> {
    await this.keys.destroy(recordingId);
    await this.store.remove(path);
  }

  /** What a deletion has left: the key, and the file if it is known where. */
  async destroyLeft(recordingId: string, path: string | null): Promise<void> {
    if (path === null) await this.keys.destroy(recordingId);
    else await this.destroy(recordingId, path);
  }

  /** Every file, whether anybody knows of it or not. @throws what `RecordingStore.list` throws */
  list(): AsyncIterable<ListedFile> {
    return this.store.list();
  }

  /** @throws what `RecordingStore.remove` throws */
  remove(path: string): Promise<void> {
    return this.store.remove(path);
  }

  /** @throws what `RecordingStore.move` throws */
  move(path: string, target: string): Promise<void> {
    return this.store.move(path, target);
  }

  removeLeftovers(olderThan: Date): Promise<number> {
    return this.store.removeLeftovers(olderThan);
  }
}

const contentOf = (file: string) =>
  createReadStream(file, { highWaterMark: READ_BYTES }) as unknown as AsyncIterable<Buffer>;

async function measure(file: string): Promise<Pick<SealedAudio, 'sizeBytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of contentOf(file)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
