import * as nodeFiles from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../checkpoint-files.ts';
import { cosigner } from '../log/cosignature.ts';
import { type NoteSigner } from '../log/note.ts';
import { SigningSeed } from '../signing-seed.ts';

export const WITNESS_KEY_FILE = 'witness.vkey';

/**
 * The key by which this box vouches for the logs of other boxes: `secrets/witness-key`, made at first use. Its public side,
 * to be handed to those boxes, is `log/witness.vkey`. It never signs the box's own log.
 */
export class WitnessKey {
  private readonly seed: SigningSeed;

  constructor(
    private readonly layout: { secrets: string; log: string },
    private readonly siteId: () => Promise<string | null>,
    private readonly now: () => Date,
  ) {
    this.seed = new SigningSeed(join(layout.secrets, 'witness-key'));
  }

  /** @returns null while the site has no id yet, by which the witness is called */
  async signer(): Promise<NoteSigner | null> {
    const siteId = await this.siteId();
    if (siteId === null) return null;
    const seed = (await this.seed.read()) ?? (await this.seed.make());
    const signer = cosigner(`denwaban/${siteId}/witness`, seed, () => this.now().getTime() / 1000);
    await this.publish(`${signer.verifierKey}\n`);
    return signer;
  }

  private async publish(verifierKey: string): Promise<void> {
    const path = join(this.layout.log, WITNESS_KEY_FILE);
    const published = await nodeFiles.readFile(path, 'utf8').catch(() => null);
    if (published !== verifierKey) await writeDurably(nodeFiles, path, verifierKey, 0o644);
  }
}
