import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../platform/errors.ts';
import { Logger } from '../../platform/logging.ts';
import { DeletionRepository } from '../deletion/deletion.repository.ts';
import type { OpenedMessage } from '../encryption/chunked.ts';
import { CiphertextTruncatedError, UndecryptableError } from '../encryption/encryption.errors.ts';
import { StoredFileMissingError } from '../vault/recording-store.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { RecordingRepository } from '../recording.repository.ts';
import {
  RecordingDeletedError,
  RecordingFileMissingError,
  RecordingNotPlayableError,
  RecordingUnreadableError,
} from '../recordings.errors.ts';
import { Vault } from '../vault/vault.ts';

/** Reads from byte `first` up to, not including, `end`; fails with a RecordingUnreadableError where it was altered. */
export type ReadAudio = (first: number, end: number) => AsyncGenerator<Buffer>;

/**
 * Sealed audio for whoever gives it out, with every way it can be lost told alike: in the answer, in the log, and on the
 * row, which the health page counts until the file is as it was sealed again.
 */
@Injectable()
export class SealedAudioReader {
  constructor(
    private readonly recordings: RecordingRepository,
    private readonly deletions: DeletionRepository,
    private readonly vault: Vault,
    private readonly logger: Logger,
  ) {}

  /** @throws NotFoundError, RecordingNotPlayableError, RecordingDeletedError */
  async find(id: string): Promise<RecordingEntity> {
    const recording = await this.recordings.findById(id);
    if (!recording) throw new NotFoundError();
    if (recording.state === 'deleted') {
      throw new RecordingDeletedError(id, await this.deletions.deletionOf(recording));
    }
    if (recording.state !== 'sealed') throw new RecordingNotPlayableError(recording.state, recording.reason);
    return recording;
  }

  /**
   * Opens the audio, with key, place and length already verified.
   * @throws RecordingFileMissingError, RecordingUnreadableError, RecordingKeyGoneError, MasterKeyUnusableError,
   *   MasterKeyUnknownError
   */
  async open(recording: RecordingEntity, path: string, sizeBytes: number): Promise<ReadAudio> {
    const audio = await this.openMessage(recording, path, sizeBytes);
    return (first, end) => this.watched(recording, audio.range(first, end));
  }

  /** The vault has no file for a sealed recording. */
  async missing(recording: RecordingEntity): Promise<RecordingFileMissingError> {
    await this.recordings.setTrouble(recording.callId, 'vault-file-damaged');
    return new RecordingFileMissingError(recording.id);
  }

  private async openMessage(recording: RecordingEntity, path: string, sizeBytes: number): Promise<OpenedMessage> {
    try {
      const audio = await this.vault.open(recording.id, path);
      if (audio.plaintextBytes !== sizeBytes) throw new CiphertextTruncatedError(null);
      return audio;
    } catch (error) {
      if (error instanceof StoredFileMissingError) throw await this.missing(recording);
      throw await this.explain(recording, error);
    }
  }

  private async *watched(recording: RecordingEntity, audio: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* audio;
    } catch (error) {
      throw await this.explain(recording, error);
    }
  }

  private async explain(recording: RecordingEntity, error: unknown): Promise<unknown> {
    if (!(error instanceof UndecryptableError)) return error;
    const unreadable = new RecordingUnreadableError(recording.id, error);
    const { id: recordingId, path } = recording;
    const { errorId: problem } = error;
    this.logger.error({ recordingId, path, problem, chunk: unreadable.chunk }, 'recording file is not what was sealed');
    await this.recordings.setTrouble(recording.callId, 'vault-file-damaged');
    return unreadable;
  }
}
