import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../postgres.ts';
import { findingsIn, logKeeping, nameSite, verify } from './log-bench.ts';

/** The log of an office with a name, over a database of its own. */
export class KeptLog {
  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<KeptLog> {
    const database = await createTestDatabase();
    nameSite(database.settings);
    return new KeptLog(database);
  }

  query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.database.dataSource.query<T[]>(text, values);
  }

  keeping(): ReturnType<typeof logKeeping> {
    return logKeeping(this.database.dataSource, this.database.settings);
  }

  /** Appends and signs all there is. */
  async keepUp() {
    const { appender, signer } = this.keeping();
    await appender.appendAll();
    const signed = await signer.sign();
    if (typeof signed === 'string') throw new Error(signed);
    return signed;
  }

  async findings() {
    return findingsIn(await this.verify());
  }

  async verdict() {
    return (await this.verify()).at(-1);
  }

  checkpointFile(size: number): string {
    return join(this.database.settings.layout.log, 'checkpoints', `${size}.txt`);
  }

  private verify() {
    return verify(this.database.dataSource, this.database.settings);
  }
}
