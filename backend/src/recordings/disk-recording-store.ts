import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';
import {
  type ListedFile,
  RecordingStore,
  type StoredFile,
  StoredFileExistsError,
  StoredFileMissingError,
  type StoredRange,
  StoreFailedError,
  StoreFullError,
  StoreRefusedError,
} from './recording-store.ts';

/** What is asked of the file system: narrow, so that a test can let each step fail. */
export type DiskOperations = Pick<
  typeof nodeFiles,
  'link' | 'mkdir' | 'open' | 'opendir' | 'readdir' | 'readFile' | 'rename' | 'stat' | 'unlink'
>;

const MARKER = '.denwaban-vault';
/** On the same file system as the recordings, or the rename would not be one step. */
const WRITING = '.writing';
const OWN_NAMES = new Set([MARKER, `${MARKER}.unfinished`, WRITING]);
/** What file systems of network disks and USB sticks say; nobody else writes to a vault at the same time. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
/** Measured: reading 64 KiB at a time takes twice as long as decrypting them. */
const READ_BYTES = 256 * 1024;

/**
 * Recordings as files below a directory, usually a mount. A marker in it carries the identity that the box wrote down
 * at home when it first used the disk; without the same marker nothing is written, or a disk that was not mounted
 * would be replaced by an empty directory for weeks.
 */
export class DiskRecordingStore extends RecordingStore {
  private adopting: Promise<void> | null = null;

  /**
   * @param directory the vault
   * @param identityFile outside the vault; remembers which disk it is
   */
  constructor(
    private readonly directory: string,
    private readonly identityFile: string,
    private readonly files: DiskOperations = nodeFiles,
  ) {
    super();
  }

  override async check(): Promise<void> {
    const identity = await this.readText(this.identityFile);
    if (identity === null) {
      this.adopting ??= this.adopt().finally(() => {
        this.adopting = null;
      });
      return this.adopting;
    }
    const marker = await this.readText(join(this.directory, MARKER));
    if (marker === identity) return;
    throw new StoreRefusedError(marker === null ? 'the vault has no marker' : 'the vault belongs to another box');
  }

  override async write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const target = this.locate(path);
    await this.check();
    await this.files.mkdir(join(this.directory, WRITING), { recursive: true, mode: 0o700 });
    const unfinished = join(this.directory, WRITING, randomUUID());
    try {
      await this.fill(unfinished, content, sizeBytes);
      await this.makeDirectory(dirname(target));
      await this.files.rename(unfinished, target);
      await this.syncDirectory(dirname(target));
    } catch (error) {
      await this.files.unlink(unfinished).catch(() => undefined);
      if (hasCode(error, 'ENOSPC', 'EDQUOT')) throw new StoreFullError('no space left in the vault', { cause: error });
      throw new StoreFailedError(`${path} could not be stored: ${String(error)}`, { cause: error });
    }
  }

  override async read(path: string, range?: StoredRange): Promise<StoredFile> {
    const handle = await this.files.open(this.locate(path), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new StoredFileMissingError(path) : error;
    });
    try {
      const { size } = await handle.stat();
      const bounds = range ? { start: range.first, end: range.last } : {};
      return { sizeBytes: size, content: handle.createReadStream({ ...bounds, highWaterMark: READ_BYTES }) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  override async sizeOf(path: string): Promise<number | null> {
    try {
      return (await this.files.stat(this.locate(path))).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  override async *list(): AsyncGenerator<ListedFile, void> {
    await this.check();
    try {
      yield* this.listBelow(this.directory);
    } catch (error) {
      throw new StoreFailedError(`the vault could not be listed: ${String(error)}`, { cause: error });
    }
  }

  override async remove(path: string): Promise<void> {
    const located = this.locate(path);
    await this.check();
    try {
      await this.files.unlink(located);
      await this.syncDirectory(dirname(located));
    } catch (error) {
      if (!isMissing(error))
        throw new StoreFailedError(`${path} could not be removed: ${String(error)}`, { cause: error });
    }
  }

  override async move(path: string, target: string): Promise<void> {
    const [from, to] = [this.locate(path), this.locate(target)];
    await this.check();
    try {
      await this.makeDirectory(dirname(to));
      await this.giveName(from, to, target);
      await this.syncDirectory(dirname(to));
      await this.syncDirectory(dirname(from));
    } catch (error) {
      if (error instanceof StoredFileExistsError) throw error;
      if (isMissing(error)) throw new StoredFileMissingError(path);
      throw new StoreFailedError(`${path} could not be moved: ${String(error)}`, { cause: error });
    }
  }

  override async removeLeftovers(olderThan: Date): Promise<number> {
    await this.check();
    const directory = join(this.directory, WRITING);
    await this.files.mkdir(directory, { recursive: true, mode: 0o700 });
    let removed = 0;
    for (const name of await this.files.readdir(directory)) {
      const path = join(directory, name);
      if ((await this.files.stat(path)).mtime >= olderThan) continue;
      await this.files.unlink(path);
      removed++;
    }
    return removed;
  }

  private async *listBelow(directory: string): AsyncGenerator<ListedFile, void> {
    for await (const entry of await this.files.opendir(directory)) {
      if (OWN_NAMES.has(entry.name)) continue;
      const located = join(directory, entry.name);
      if (entry.isDirectory()) yield* this.listBelow(located);
      if (!entry.isFile()) continue;
      const path = relative(this.directory, located).split(sep).join('/');
      const sizeBytes = await this.sizeOf(path);
      if (sizeBytes !== null) yield { path, sizeBytes };
    }
  }

  /** Not a plain rename, which would replace what is there. */
  private async giveName(from: string, to: string, path: string): Promise<void> {
    try {
      await this.files.link(from, to);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) throw new StoredFileExistsError(path);
      if (!hasCode(error, ...NO_HARD_LINKS)) throw error;
      if ((await this.sizeOf(path)) !== null) throw new StoredFileExistsError(path);
      return this.files.rename(from, to);
    }
    await this.files.unlink(from);
  }

  /** First use of a disk. Marker first: stopped between the two, the next start only has to write the identity down. */
  private async adopt(): Promise<void> {
    await this.files.mkdir(this.directory, { recursive: true, mode: 0o700 });
    const marker = await this.readText(join(this.directory, MARKER));
    const agreed = marker ?? randomUUID();
    if (marker === null) await this.writeDurably(join(this.directory, MARKER), agreed);
    await this.writeDurably(this.identityFile, agreed);
  }

  private locate(path: string): string {
    const located = resolve(this.directory, path);
    if (!located.startsWith(resolve(this.directory) + sep)) throw new StoreRefusedError(`${path} leaves the vault`);
    return located;
  }

  private async fill(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const handle = await this.files.open(path, 'wx', 0o600);
    try {
      for await (const chunk of content) {
        for (let done = 0; done < chunk.byteLength;) {
          done += (await handle.write(chunk, done, chunk.byteLength - done)).bytesWritten;
        }
      }
      await handle.sync();
      const { size } = await handle.stat();
      if (size !== sizeBytes) throw new Error(`${size} of ${sizeBytes} bytes were written`);
    } finally {
      await handle.close();
    }
  }

  /** Creates what is missing of a directory so that it survives a power cut with its name. */
  private async makeDirectory(directory: string): Promise<void> {
    const created = await this.files.mkdir(directory, { recursive: true, mode: 0o700 });
    if (created === undefined) return;
    for (let at = directory; at.length >= created.length; at = dirname(at)) await this.syncDirectory(dirname(at));
  }

  private async syncDirectory(directory: string): Promise<void> {
    const handle = await this.files.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private async writeDurably(path: string, text: string): Promise<void> {
    const unfinished = `${path}.unfinished`;
    const handle = await this.files.open(unfinished, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.files.rename(unfinished, path);
    await this.syncDirectory(dirname(path));
  }

  private async readText(path: string): Promise<string | null> {
    try {
      return await this.files.readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
