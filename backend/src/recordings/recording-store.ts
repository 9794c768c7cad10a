import type { Readable } from 'node:stream';

/** The store cannot take more. Nothing was written. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

/** The store is not the one this box writes to: its disk is not mounted, or another one is. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The store did not do what it was asked, e.g. an I/O error. Readers see nothing of the attempt. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError';
}

export class StoredFileMissingError extends Error {
  override readonly name = 'StoredFileMissingError';
  constructor(readonly path: string) {
    super(`nothing is stored at ${path}`);
  }
}

/** Something is stored there already and stays as it is. */
export class StoredFileExistsError extends Error {
  override readonly name = 'StoredFileExistsError';
  constructor(readonly path: string) {
    super(`something is stored at ${path} already`);
  }
}

/** Offsets of the first and the last byte wanted. */
export interface StoredRange {
  first: number;
  last: number;
}

export interface StoredFile {
  /** Of the whole, whatever the range. */
  sizeBytes: number;
  content: Readable;
}

/** One entry of a listing. */
export interface ListedFile {
  path: string;
  sizeBytes: number;
}

/**
 * Where sealed recordings live. Paths are relative, with `/` between the parts.
 * Every adapter has to pass `recording-store.contract.ts`.
 */
export abstract class RecordingStore {
  /**
   * Makes sure that this is the right store.
   * @throws StoreRefusedError
   */
  abstract check(): Promise<void>;

  /**
   * Stores a whole file, durably: once this resolves it survives a power cut; before, readers see nothing of it or
   * what was there before.
   * @param sizeBytes what `content` will yield; anything else is an error
   * @throws StoreFullError, StoreRefusedError, StoreFailedError; what `content` throws is the cause
   */
  abstract write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void>;

  /** @throws StoredFileMissingError */
  abstract read(path: string, range?: StoredRange): Promise<StoredFile>;

  /** @returns null when nothing is stored there */
  abstract sizeOf(path: string): Promise<number | null>;

  /**
   * Everything that is stored, in no particular order, in constant memory: neither marker nor unfinished writes. What is
   * stored or removed meanwhile may or may not be in it.
   * @throws StoreRefusedError, StoreFailedError; while iterating too
   */
  abstract list(): AsyncIterable<ListedFile>;

  /**
   * Removes a file, durably. Nothing stored there is as good.
   * @throws StoreRefusedError, StoreFailedError
   */
  abstract remove(path: string): Promise<void>;

  /**
   * Moves a file to another path. Stopped half-way, it may be stored at both, never at neither.
   * @throws StoredFileMissingError, StoredFileExistsError, StoreRefusedError, StoreFailedError
   */
  abstract move(path: string, target: string): Promise<void>;

  /**
   * Removes what interrupted writes left behind.
   * @returns how many
   */
  abstract removeLeftovers(olderThan: Date): Promise<number>;
}
