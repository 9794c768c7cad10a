import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';

type Files = typeof nodeFiles;

const FOLDER = 'checkpoints';
const NAME = /^(?:0|[1-9]\d*)\.([a-z]+)$/;

/**
 * What others say of a checkpoint, beside it: `<size>.tsr`, an RFC 3161 answer over the bytes of `<size>.txt`;
 * `<size>.witnesses`, signature lines that belong below them.
 */
export type CheckpointCompanion = 'tsr' | 'witnesses';

/** Checkpoints as files, `log/checkpoints/<size>.txt`, where no database administrator reaches them. */
export class CheckpointFiles {
  private readonly directory: string;

  constructor(
    logDirectory: string,
    private readonly files: Files = nodeFiles,
  ) {
    this.directory = join(logDirectory, FOLDER);
  }

  /** @returns the sizes there is a file for, in ascending order */
  sizes(): Promise<number[]> {
    return this.sizesOf('txt');
  }

  /** @returns the sizes whose checkpoint has such a companion, in ascending order */
  companionSizes(companion: CheckpointCompanion): Promise<number[]> {
    return this.sizesOf(companion);
  }

  /** @returns null when there is no such file */
  async readCompanion(size: number, companion: CheckpointCompanion): Promise<Buffer | null> {
    try {
      return await this.files.readFile(this.path(size, companion));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Replaces what is there. Returns once it would survive a power cut. */
  async writeCompanion(size: number, companion: CheckpointCompanion, content: Buffer): Promise<void> {
    await writeDurably(this.files, this.path(size, companion), content, 0o640);
  }

  private async sizesOf(ending: string): Promise<number[]> {
    const names = await this.files.readdir(this.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names
      .flatMap((name) => (NAME.exec(name)?.[1] === ending ? [Number.parseInt(name, 10)] : []))
      .sort((a, b) => a - b);
  }

  /** @returns null when there is no such file */
  async read(size: number): Promise<string | null> {
    try {
      return await this.files.readFile(this.path(size), 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Returns once it would survive a power cut. */
  async write(size: number, note: string): Promise<void> {
    const made = await this.files.mkdir(this.directory, { recursive: true, mode: 0o750 });
    if (made !== undefined) await syncDirectory(this.files, dirname(this.directory));
    await writeDurably(this.files, this.path(size), note, 0o640);
  }

  private path(size: number, ending: CheckpointCompanion | 'txt' = 'txt'): string {
    return join(this.directory, `${size}.${ending}`);
  }
}

/** Under another name first: fsync, rename, fsync of the directory. */
export async function writeDurably(files: Files, path: string, content: string | Buffer, mode: number): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  await files.mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const handle = await files.open(unfinished, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await files.rename(unfinished, path);
  await syncDirectory(files, dirname(path));
}

async function syncDirectory(files: Files, directory: string): Promise<void> {
  const handle = await files.open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
