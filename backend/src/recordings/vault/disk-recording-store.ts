import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { isMissing } from '../../platform/file-errors.ts';
import {
  type ListedFile,
  RecordingStore,
  type StoredFile,
  StoredFileExistsError,
  StoredFileMissingError,
  type StoredRange,
  StoreFailedError,
  StoreFullError,
} from './recording-store.ts';
import { MARKER, StoreMarker, syncDirectory, writeDurably } from './store-marker.ts';

/** What is asked of the file system: narrow, so that a test can let each step fail. */
export type DiskOperations = Pick<
  typeof nodeFiles,
  'link' | 'mkdir' | 'open' | 'opendir' | 'readdir' | 'readFile' | 'rename' | 'stat' | 'unlink'
>;

/** On the same file system as the recordings, or the rename would not be one step. */
const WRITING = '.writing';
const OWN_NAMES = new Set([MARKER, `${MARKER}.unfinished`, WRITING]);
/** What file systems of network disks and USB sticks say; nobody else writes to a vault at the same time. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
/** Measured: reading 64 KiB at a time takes twice as long as decrypting them. */
const READ_BYTES = 256 * 1024;

/** Recordings as files below a directory, usually a mount. */
export class DiskRecordingStore extends RecordingStore {
  override readonly place: string;
  private readonly marker: StoreMarker;

  /**
   * @param directory the vault
   * @param identityFile outside the vault; remembers which disk it is
   */
  constructor(
    private readonly directory: string,
    identityFile: string,
    private readonly files: DiskOperations = nodeFiles,
  ) {
    super();
    this.place = `ディスク ${directory}`;
    const path = join(directory, MARKER);
    this.marker = new StoreMarker(
      {
        read: () => this.readText(path),
        write: async (text) => {
          await this.files.mkdir(directory, { recursive: true, mode: 0o700 });
          await writeDurably(path, text, this.files);
        },
      },
      identityFile,
      files,
    );
  }

  override check(): Promise<void> {
    return this.marker.checkOrAdopt();
  }

  override async write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const target = this.locate(path);
    await this.check();
    const unfinished = join(this.directory, WRITING, randomUUID());
    try {
      await this.files.mkdir(dirname(unfinished), { recursive: true, mode: 0o700 });
      await this.fill(unfinished, content, sizeBytes);
      await this.makeDirectory(dirname(target));
      await this.giveName(unfinished, target, path);
      await syncDirectory(dirname(target), this.files);
    } catch (error) {
      await this.files.unlink(unfinished).catch(() => undefined);
      if (error instanceof StoredFileExistsError) throw error;
      if (hasCode(error, 'ENOSPC', 'EDQUOT')) throw new StoreFullError('no space left in the vault', { cause: error });
      throw failed(`${path} could not be stored`, error);
    }
  }

  override async read(path: string, range?: StoredRange): Promise<StoredFile> {
    const located = this.locate(path);
    await this.marker.check();
    const handle = await this.openStored(located, path);
    try {
      const { size } = await handle.stat();
      const bounds = range ? { start: range.first, end: range.last } : {};
      const stream = handle.createReadStream({ ...bounds, highWaterMark: READ_BYTES });
      return { sizeBytes: size, content: Readable.from(explained(path, stream), { objectMode: false }) };
    } catch (error) {
      await handle.close();
      throw failed(`${path} could not be read`, error);
    }
  }

  override async sizeOf(path: string): Promise<number | null> {
    const located = this.locate(path);
    await this.marker.check();
    return this.statSize(located);
  }

  override async *list(): AsyncGenerator<ListedFile, void> {
    await this.check();
    try {
      yield* this.listBelow(this.directory);
    } catch (error) {
      throw failed('the vault could not be listed', error);
    }
  }

  override async remove(path: string): Promise<void> {
    const located = this.locate(path);
    await this.check();
    try {
      await this.files.unlink(located);
      await syncDirectory(dirname(located), this.files);
    } catch (error) {
      if (!isMissing(error)) throw failed(`${path} could not be removed`, error);
    }
  }

  override async move(path: string, target: string): Promise<void> {
    const [from, to] = [this.locate(path), this.locate(target)];
    await this.check();
    try {
      await this.makeDirectory(dirname(to));
      await this.giveName(from, to, target);
      await syncDirectory(dirname(to), this.files);
      await syncDirectory(dirname(from), this.files);
    } catch (error) {
      if (error instanceof StoredFileExistsError) throw error;
      if (isMissing(error)) throw new StoredFileMissingError(path);
      throw failed(`${path} could not be moved`, error);
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

  private async openStored(located: string, path: string): Promise<nodeFiles.FileHandle> {
    try {
      return await this.files.open(located, 'r');
    } catch (error) {
      throw isMissing(error) ? new StoredFileMissingError(path) : failed(`${path} could not be opened`, error);
    }
  }

  private async statSize(located: string): Promise<number | null> {
    try {
      return (await this.files.stat(located)).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw failed(`${located} could not be looked at`, error);
    }
  }

  private async *listBelow(directory: string): AsyncGenerator<ListedFile, void> {
    for await (const entry of await this.files.opendir(directory)) {
      if (OWN_NAMES.has(entry.name)) continue;
      const located = join(directory, entry.name);
      if (entry.isDirectory()) yield* this.listBelow(located);
      if (!entry.isFile()) continue;
      const path = relative(this.directory, located).split(sep).join('/');
      const sizeBytes = await this.statSize(located);
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
      if ((await this.statSize(to)) !== null) throw new StoredFileExistsError(path);
      return this.files.rename(from, to);
    }
    await this.files.unlink(from);
  }

  private locate(path: string): string {
    const located = resolve(this.directory, path);
    if (!located.startsWith(resolve(this.directory) + sep)) throw new StoreFailedError(`${path} leaves the vault`);
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
    for (let at = directory; at.length >= created.length; at = dirname(at))
      await syncDirectory(dirname(at), this.files);
  }

  private async readText(path: string): Promise<string | null> {
    try {
      return await this.files.readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw failed(`${path} could not be read`, error);
    }
  }
}

async function* explained(path: string, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* content;
  } catch (error) {
    throw failed(`${path} could not be read`, error);
  }
}

const failed = (what: string, cause: unknown) => new StoreFailedError(`${what}: ${String(cause)}`, { cause });

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
