import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../platform/file-errors.ts';
import { writeDurably } from './checkpoint-files.ts';
import { InconsistentLogError } from './audit-log.errors.ts';
import { ed25519Signer, type NoteSigner, parseVerifierKey } from './log/note.ts';
import { SigningSeed } from './signing-seed.ts';

type Files = typeof nodeFiles;

export const VERIFIER_KEY_FILE = 'denwaban.vkey';

/**
 * The key that signs checkpoints: `secrets/log-key` (32 bytes, base64), made at first use, known to the worker only. Its
 * public side, with the name of the log, is `log/denwaban.vkey`.
 */
export class LogKey {
  constructor(
    private readonly seed: SigningSeed,
    private readonly verifierKeyFile: string,
    private readonly siteId: () => Promise<string | null>,
    private readonly files: Files = nodeFiles,
  ) {}

  static in(layout: { secrets: string; log: string }, siteId: () => Promise<string | null>, files?: Files): LogKey {
    const seed = new SigningSeed(join(layout.secrets, 'log-key'), files);
    return new LogKey(seed, join(layout.log, VERIFIER_KEY_FILE), siteId, files);
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
    const seed = (await this.seed.read()) ?? (published === null ? await this.seed.make() : null);
    if (seed === null) throw new InconsistentLogError('署名鍵(secrets/log-key)がありません。');
    const signer = ed25519Signer(origin, seed);
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

  private async read(path: string): Promise<string | null> {
    try {
      return (await this.files.readFile(path, 'utf8')).trim();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}
