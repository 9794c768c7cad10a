import { randomBytes, randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';
import { writeDurably } from './checkpoint-files.ts';

type Files = typeof nodeFiles;

/** The private side of an Ed25519 key: a file with 32 bytes in base64, for nobody else to read. */
export class SigningSeed {
  constructor(
    private readonly path: string,
    private readonly files: Files = nodeFiles,
  ) {}

  /** @returns null when there is none */
  async read(): Promise<Buffer | null> {
    try {
      return Buffer.from((await this.files.readFile(this.path, 'utf8')).trim(), 'base64');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** By link, which never replaces: of two processes that start at once, both take the seed of the first. */
  async make(): Promise<Buffer> {
    const made = `${this.path}.${randomUUID()}`;
    await writeDurably(this.files, made, `${randomBytes(32).toString('base64')}\n`, 0o600);
    try {
      await this.files.link(made, this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await this.files.unlink(made);
    }
    const directory = await this.files.open(dirname(this.path), 'r');
    await directory.sync().finally(() => directory.close());
    return Buffer.from((await this.files.readFile(this.path, 'utf8')).trim(), 'base64');
  }
}
