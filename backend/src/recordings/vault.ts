import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { RecordingStore, type StoredFile, StoredFileMissingError, type StoredRange } from './recording-store.ts';

export interface SealedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** What was stored cannot be read back as it was written. */
export class VaultFileDamagedError extends Error {
  override readonly name = 'VaultFileDamagedError';
}

/**
 * The vault: sealed audio in, sealed audio out. The only way to the store for anybody, so that what a store holds can
 * be something else than what goes in and out here: encryption has its place between the two.
 */
@Injectable()
export class Vault {
  constructor(private readonly store: RecordingStore) {}

  check(): Promise<void> {
    return this.store.check();
  }

  /**
   * Stores a file and reads it back, because the spool is removed on the strength of this.
   * @throws VaultFileDamagedError, and what `RecordingStore.write` throws
   */
  async put(path: string, file: string): Promise<SealedFile> {
    const { size } = await stat(file);
    const hash = createHash('sha256');
    const content = async function* () {
      for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await this.store.write(path, content(), size);
    const sealed = { path, sizeBytes: size, sha256: hash.digest('hex') };
    if (!(await this.holds(sealed))) throw new VaultFileDamagedError(`${path} reads back differently`);
    return sealed;
  }

  /** Whether the vault holds exactly this, by reading all of it. */
  async holds({ path, sizeBytes, sha256 }: SealedFile): Promise<boolean> {
    if ((await this.store.sizeOf(path)) !== sizeBytes) return false;
    const hash = createHash('sha256');
    try {
      const { content } = await this.store.read(path);
      for await (const chunk of content as AsyncIterable<Buffer>) hash.update(chunk);
    } catch (error) {
      if (error instanceof StoredFileMissingError) return false;
      throw error;
    }
    return hash.digest('hex') === sha256;
  }

  /** @throws StoredFileMissingError */
  read(path: string, range?: StoredRange): Promise<StoredFile> {
    return this.store.read(path, range);
  }

  /** @returns size of the audio as it will be read; null when it is not there */
  sizeOf(path: string): Promise<number | null> {
    return this.store.sizeOf(path);
  }

  removeLeftovers(olderThan: Date): Promise<number> {
    return this.store.removeLeftovers(olderThan);
  }
}
