import { Injectable } from '@nestjs/common';
import { Logger } from '../../platform/logging.ts';
import { MessageSender } from '../../platform/messages.ts';
import { type DeletionOrder, DeletionRepository, type LeftFile } from './deletion.repository.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { Vault } from '../vault/vault.ts';

const FILES_A_PAGE = 100;

/**
 * 削除. With the key gone the audio is noise wherever copies of it are; that, the trace and the row are one step, and what
 * counts. The file goes after it: whoever dies in between, or finds the store away, leaves it to the next round.
 */
@Injectable()
export class RecordingDeletions {
  constructor(
    private readonly deletions: DeletionRepository,
    private readonly vault: Vault,
    private readonly messages: MessageSender,
    private readonly logger: Logger,
  ) {}

  /**
   * Deleting again changes nothing and answers the same.
   * @returns the row, which says who was first
   * @throws NotFoundError, RecordingNotDeletableError
   */
  async delete(id: string, order: DeletionOrder): Promise<RecordingEntity> {
    const recording = await this.deletions.delete(id, order);
    const { path, callId } = recording;
    if (path !== null) await this.finish({ id, path });
    // Delivered at most once anyway: the row can be found by looking.
    await this.messages.send({ kind: 'call', callId }).catch(() => undefined);
    return recording;
  }

  /** Removes the files that earlier deletions have left. */
  async finishAll(): Promise<void> {
    let files: LeftFile[] = [];
    do {
      files = await this.deletions.leftFiles(files.at(-1)?.id ?? null, FILES_A_PAGE);
      for (const file of files) await this.finish(file);
    } while (files.length === FILES_A_PAGE);
  }

  /** The key once more: somebody who was sealing the recording again may have made a new one. */
  private async finish({ id, path }: LeftFile): Promise<void> {
    try {
      await this.vault.destroy(id, path);
      await this.deletions.forgetFile(id);
    } catch (error) {
      this.logger.warn({ recordingId: id, error: String(error) }, 'file of a deleted recording left, will try again');
    }
  }
}
