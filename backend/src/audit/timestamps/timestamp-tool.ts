import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/** An answer of a time stamping authority that does not prove what was asked. */
export class TimestampRefusedError extends Error {
  override readonly name = 'TimestampRefusedError';
}

/** RFC 3161 by `openssl ts` of the runtime root. */
export class TimestampTool {
  constructor(private readonly command: string) {}

  /** @returns a TimeStampReq (RFC 3161, 2.4.1) over the SHA-256 of `data`, with a nonce, asking for the certificate */
  async query(data: string): Promise<Buffer> {
    return this.inScratch({ data }, async (at) => {
      await this.openssl('-query', '-data', at('data'), '-sha256', '-cert', '-out', at('query'));
      return readFile(at('query'));
    });
  }

  /**
   * Holds an answer against the question: nonce, hash, signature, certificate, time stamping as its purpose.
   * @param caFile PEM of the authorities to trust
   * @throws TimestampRefusedError
   */
  async verifyAnswer(answer: Buffer, query: Buffer, caFile: string): Promise<void> {
    await this.inScratch({ answer, query }, (at) =>
      this.openssl('-verify', '-queryfile', at('query'), '-in', at('answer'), '-CAfile', caFile),
    );
  }

  /** The same with nothing but the data, as everybody can later. */
  async verify(answer: Buffer, data: string, caFile: string): Promise<void> {
    await this.inScratch({ answer, data }, (at) =>
      this.openssl('-verify', '-data', at('data'), '-in', at('answer'), '-CAfile', caFile),
    );
  }

  private async inScratch<T>(
    files: Record<string, Buffer | string>,
    work: (at: (name: string) => string) => Promise<T>,
  ): Promise<T> {
    const scratch = await mkdtemp(join(tmpdir(), 'denwaban-timestamp-'));
    try {
      for (const [name, content] of Object.entries(files)) await writeFile(join(scratch, name), content);
      return await work((name) => join(scratch, name));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  private async openssl(...parts: string[]): Promise<void> {
    try {
      const env = { ...process.env, OPENSSL_CONF: '/dev/null' };
      await run(this.command, ['ts', ...parts], { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env });
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      const [complaint = String(error)] = /:[^:]*error:.*$/m.exec(stderr) ?? [stderr.trim() || String(error)];
      throw new TimestampRefusedError(complaint.replace(/^:/, ''), { cause: error });
    }
  }
}
