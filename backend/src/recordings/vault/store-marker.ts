import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../../platform/file-errors.ts';
import { StoreFailedError, StoreRefusedError } from './recording-store.ts';

/** Name of the marker in every kind of store: who moves a vault copies it with the rest. */
export const MARKER = '.denwaban-vault';

type FileOperations = Pick<typeof nodeFiles, 'open' | 'readFile' | 'rename'>;

/** Where a store keeps its marker. */
export interface MarkerPlace {
  /** @returns null when there is none */
  read(): Promise<string | null>;
  /** Stores it durably where there is none. */
  write(text: string): Promise<void>;
}

/**
 * Knows the store again. A marker in it carries the identity that the box wrote down at home when it first used the store;
 * without the same marker nothing is written, or a disk that was not mounted would be replaced by an empty directory for
 * weeks.
 */
export class StoreMarker {
  private adopting: Promise<void> | null = null;

  /** @param identityFile outside the store; remembers which one it is */
  constructor(
    private readonly place: MarkerPlace,
    private readonly identityFile: string,
    private readonly files: FileOperations = nodeFiles,
  ) {}

  /**
   * Before anything is written: the first store that is ever seen becomes the right one.
   * @throws StoreRefusedError
   */
  async checkOrAdopt(): Promise<void> {
    if ((await this.identity()) !== null) return this.check();
    this.adopting ??= this.adopt()
      .catch(asStoreFailure)
      .finally(() => {
        this.adopting = null;
      });
    return this.adopting;
  }

  /** Before anything is read. @throws StoreRefusedError */
  async check(): Promise<void> {
    const identity = await this.identity();
    if (identity === null) return;
    const marker = await this.place.read();
    if (marker === null) throw new StoreRefusedError('marker-missing');
    if (marker !== identity) throw new StoreRefusedError('marker-foreign');
  }

  /** Marker first: stopped between the two, the next start only has to write the identity down. */
  private async adopt(): Promise<void> {
    if ((await this.place.read()) === null) await this.place.write(randomUUID());
    const agreed = await this.place.read();
    if (agreed === null) throw new StoreRefusedError('marker-missing');
    await writeDurably(this.identityFile, agreed, this.files);
  }

  private async identity(): Promise<string | null> {
    try {
      return await this.files.readFile(this.identityFile, 'utf8');
    } catch (error) {
      return isMissing(error) ? null : asStoreFailure(error);
    }
  }
}

function asStoreFailure(error: unknown): never {
  if (error instanceof StoreRefusedError || error instanceof StoreFailedError) throw error;
  throw new StoreFailedError(`the marker of the vault: ${String(error)}`, { cause: error });
}

/** Replaces a file so that it survives a power cut, whole. */
export async function writeDurably(
  path: string,
  text: string,
  files: Pick<FileOperations, 'open' | 'rename'> = nodeFiles,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  const handle = await files.open(unfinished, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(unfinished, path);
  await syncDirectory(dirname(path), files);
}

/** Makes the names in a directory survive a power cut. */
export async function syncDirectory(directory: string, files: Pick<FileOperations, 'open'> = nodeFiles): Promise<void> {
  const handle = await files.open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
