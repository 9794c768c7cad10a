import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { NotFoundError } from '../platform/errors.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { PlaySessions } from './play-sessions.ts';
import { peaksForDrawing } from './peaks.ts';
import { type StoredFile, StoredFileMissingError } from './recording-store.ts';
import type { RecordingEntity } from './recording.entity.ts';
import { RecordingRepository } from './recording.repository.ts';
import type { RecordingPeaks } from './recording.schema.ts';
import { RangeNotSatisfiableError, RecordingFileMissingError, RecordingNotPlayableError } from './recordings.errors.ts';
import { Vault } from './vault.ts';

export interface Listener {
  userId: string;
  remoteAddress: string | null;
}

/** Audio that can be played, and which part of it was asked for. */
export interface Playable {
  recording: RecordingEntity;
  path: string;
  sizeBytes: number;
  range: Exclude<ByteRange, { kind: 'unsatisfiable' }>;
}

@Injectable()
export class Playback {
  private readonly plays = new PlaySessions();

  constructor(
    private readonly recordings: RecordingRepository,
    private readonly vault: Vault,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws NotFoundError */
  async find(id: string): Promise<RecordingEntity> {
    const recording = await this.recordings.findById(id);
    if (!recording) throw new NotFoundError();
    return recording;
  }

  /** @throws NotFoundError, RecordingNotPlayableError */
  async peaks(id: string): Promise<RecordingPeaks> {
    const recording = await this.findSealed(id);
    const stored = await this.recordings.findPeaks(recording.id);
    if (!stored) throw new NotFoundError();
    return peaksForDrawing(stored.peaks, stored.perSecond);
  }

  /**
   * @param rangeHeader value of `Range`; ignored with `conditional`, because no validator is ever given out that an
   *   `If-Range` could match
   * @throws NotFoundError, RecordingNotPlayableError, RecordingFileMissingError, RangeNotSatisfiableError
   */
  async prepare(id: string, rangeHeader: string | undefined, conditional: boolean): Promise<Playable> {
    const recording = await this.findSealed(id);
    const { path, sizeBytes } = recording;
    if (path === null || sizeBytes === null || (await this.vault.sizeOf(path)) !== sizeBytes) {
      throw await this.fileMissing(recording);
    }
    const range = parseByteRange(conditional ? undefined : rangeHeader, sizeBytes);
    if (range.kind === 'unsatisfiable') throw new RangeNotSatisfiableError(sizeBytes);
    return { recording, path, sizeBytes, range };
  }

  /**
   * Writes down who listens, then opens the audio. The caller has to consume or destroy the content.
   * @throws RecordingFileMissingError
   */
  async open({ recording, path, range }: Playable, listener: Listener): Promise<StoredFile> {
    const part = range.kind === 'part' ? range : undefined;
    await this.leaveTrace(recording, listener, part?.first ?? 0);
    try {
      return await this.vault.read(path, part);
    } catch (error) {
      if (error instanceof StoredFileMissingError) throw await this.fileMissing(recording);
      throw error;
    }
  }

  private async leaveTrace(recording: RecordingEntity, listener: Listener, firstByte: number): Promise<void> {
    const { userId, remoteAddress } = listener;
    const nowMs = performance.now();
    if (this.plays.continues(userId, recording.id, nowMs)) return;
    const detail = { callId: recording.callId, firstByte };
    await this.audit.record({ userId, remoteAddress, action: 'recording.play', subject: recording.id, detail });
    this.plays.note(userId, recording.id, nowMs);
  }

  private async findSealed(id: string): Promise<RecordingEntity> {
    const recording = await this.find(id);
    if (recording.state !== 'sealed') throw new RecordingNotPlayableError(recording.state, recording.reason);
    return recording;
  }

  /** The worker's health report counts it until the file is back. */
  private async fileMissing(recording: RecordingEntity): Promise<RecordingFileMissingError> {
    await this.recordings.setTrouble(recording.callId, 'vault-file-damaged');
    return new RecordingFileMissingError(recording.id);
  }
}
