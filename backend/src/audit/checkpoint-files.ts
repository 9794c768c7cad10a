import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';

type Files = typeof nodeFiles;

const FOLDER = 'checkpoints';
const NAME = /^(0|[1-9]\d*)\.txt$/;

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
  async sizes(): Promise<number[]> {
    const names = await this.files.readdir(this.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => (NAME.test(name) ? [Number.parseInt(name, 10)] : [])).sort((a, b) => a - b);
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

  private path(size: number): string {
    return join(this.directory, `${size}.txt`);
  }
}

/** Under another name first: fsync, rename, fsync of the directory. */
export async function writeDurably(files: Files, path: string, text: string, mode: number): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  await files.mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const handle = await files.open(unfinished, 'wx', mode);
  try {
    await handle.writeFile(text);
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
