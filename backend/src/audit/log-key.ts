import { randomBytes, randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';
import { writeDurably } from './checkpoint-files.ts';
import { InconsistentLogError } from './audit-log.errors.ts';
import { ed25519Signer, type NoteSigner, parseVerifierKey } from './log/note.ts';

type Files = typeof nodeFiles;

export const VERIFIER_KEY_FILE = 'denwaban.vkey';

/**
 * The key that signs checkpoints: `secrets/log-key` (32 bytes, base64), made at first use, known to the worker only. Its
 * public side, with the name of the log, is `log/denwaban.vkey`.
 */
export class LogKey {
  constructor(
    private readonly secretFile: string,
    private readonly verifierKeyFile: string,
    private readonly siteId: () => Promise<string | null>,
    private readonly files: Files = nodeFiles,
  ) {}

  static in(layout: { secrets: string; log: string }, siteId: () => Promise<string | null>, files?: Files): LogKey {
    return new LogKey(join(layout.secrets, 'log-key'), join(layout.log, VERIFIER_KEY_FILE), siteId, files);
  }

  /**
   * The log keeps the name it got at first, whatever becomes of the site's id.
   * @returns null while the site has no id yet
   * @throws InconsistentLogError when the key that signed earlier checkpoints is gone: another would contradict them
   */
  async signer(): Promise<(NoteSigner & { verifierKey: string }) | null> {
    const published = await this.read(this.verifierKeyFile);
    const origin = published === null ? await this.newOrigin() : parseVerifierKey(published).keyName;
    if (origin === null) return null;
    const seed = (await this.read(this.secretFile)) ?? (published === null ? await this.makeSeed() : null);
    if (seed === null) throw new InconsistentLogError('署名鍵(secrets/log-key)がありません。');
    const signer = ed25519Signer(origin, Buffer.from(seed, 'base64'));
    if (published === null) await writeDurably(this.files, this.verifierKeyFile, `${signer.verifierKey}\n`, 0o644);
    else if (published !== signer.verifierKey) {
      throw new InconsistentLogError('署名鍵(secrets/log-key)と公開鍵(log/denwaban.vkey)が対になっていません。');
    }
    return signer;
  }

  private async newOrigin(): Promise<string | null> {
    const siteId = await this.siteId();
    return siteId === null ? null : `denwaban/${siteId}`;
  }

  /** By link, which never replaces: of two workers that start at once, both take the key of the first. */
  private async makeSeed(): Promise<string> {
    const made = `${this.secretFile}.${randomUUID()}`;
    await writeDurably(this.files, made, `${randomBytes(32).toString('base64')}\n`, 0o600);
    try {
      await this.files.link(made, this.secretFile);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await this.files.unlink(made);
    }
    const directory = await this.files.open(dirname(this.secretFile), 'r');
    await directory.sync().finally(() => directory.close());
    return (await this.files.readFile(this.secretFile, 'utf8')).trim();
  }

  private async read(path: string): Promise<string | null> {
    try {
      return (await this.files.readFile(path, 'utf8')).trim();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
