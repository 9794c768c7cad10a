import { Injectable } from '@nestjs/common';
import { RecordingKeyGoneError } from '../encryption/key.errors.ts';
import { type NamedFile, RecordingRepository } from '../recording.repository.ts';
import { Vault } from './vault.ts';

const PAGE = 200;

/** Audio that is not what was sealed. removed = the vault has no file for it; unreadable = its key is gone. */
export interface AudioFinding {
  recordingId: string;
  change: 'changed' | 'removed' | 'unreadable';
}

/** Every byte of every recording in the vault, against the hash that was taken when it was sealed. */
@Injectable()
export class AudioVerification {
  constructor(
    private readonly recordings: RecordingRepository,
    private readonly vault: Vault,
  ) {}

  /**
   * Decrypts recording after recording, in the order of their ids; one at a time, so that listening and sealing go on.
   * @returns what is wrong with each, null for one that is as it was sealed
   * @throws StoreRefusedError, MasterKeyUnusableError and other failures that say nothing about the audio
   */
  async *all(): AsyncGenerator<AudioFinding | null> {
    // On the wrong disk everything would be missing.
    await this.vault.check();
    for (let after: string | null = null; ;) {
      const page: NamedFile[] = await this.recordings.findFiles(after, PAGE);
      for (const file of page) yield await this.look(file);
      const last = page.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  private async look(file: NamedFile): Promise<AudioFinding | null> {
    const change = await this.changeOf(file);
    if (change === null) return null;
    // Deleted, or sealed again, while it was read.
    const now = await this.recordings.findById(file.id);
    const isStillMeant = now?.state === 'sealed' && now.path === file.path && now.sha256 === file.sha256;
    return isStillMeant ? { recordingId: file.id, change } : null;
  }

  private async changeOf(file: NamedFile): Promise<AudioFinding['change'] | null> {
    if (!(await this.vault.has(file.path))) return 'removed';
    try {
      return (await this.vault.holds(file.id, file)) ? null : 'changed';
    } catch (error) {
      if (error instanceof RecordingKeyGoneError) return 'unreadable';
      throw error;
    }
  }
}
