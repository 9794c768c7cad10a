import { once } from 'node:events';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { NotFoundError } from '../platform/errors.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { PlaySessions } from './play-sessions.ts';
import { peaksForDrawing } from './peaks.ts';
import type { RecordingEntity } from './recording.entity.ts';
import { RecordingRepository } from './recording.repository.ts';
import type { RecordingPeaks } from './recording.schema.ts';
import { RangeNotSatisfiableError } from './recordings.errors.ts';
import { SealedAudioReader } from './sealed-audio-reader.ts';
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
    private readonly sealed: SealedAudioReader,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws NotFoundError */
  async find(id: string): Promise<RecordingEntity> {
    const recording = await this.recordings.findById(id);
    if (!recording) throw new NotFoundError();
    return recording;
  }

  /** @throws NotFoundError, RecordingNotPlayableError, RecordingDeletedError */
  async peaks(id: string): Promise<RecordingPeaks> {
    const recording = await this.sealed.find(id);
    const stored = await this.recordings.findPeaks(recording.id);
    if (!stored) throw new NotFoundError();
    return peaksForDrawing(stored.peaks, stored.perSecond);
  }

  /**
   * @param rangeHeader value of `Range`; ignored with `conditional`, because no validator is ever given out that an
   *   `If-Range` could match
   * @throws NotFoundError, RecordingNotPlayableError, RecordingDeletedError, RecordingFileMissingError, RangeNotSatisfiableError
   */
  async prepare(id: string, rangeHeader: string | undefined, conditional: boolean): Promise<Playable> {
    const recording = await this.sealed.find(id);
    const { path, sizeBytes } = recording;
    if (path === null || sizeBytes === null || !(await this.vault.has(path))) {
      throw await this.sealed.missing(recording);
    }
    const range = parseByteRange(conditional ? undefined : rangeHeader, sizeBytes);
    if (range.kind === 'unsatisfiable') throw new RangeNotSatisfiableError(sizeBytes);
    return { recording, path, sizeBytes, range };
  }

  /**
   * Writes down who listens, then opens the audio; its first bytes have been decrypted and verified once this resolves.
   * The caller has to consume or destroy the content.
   * @throws RecordingFileMissingError, RecordingUnreadableError, RecordingKeyGoneError, MasterKeyUnusableError,
   *   MasterKeyUnknownError; the content fails with a RecordingUnreadableError where the file is not what was sealed
   */
  async open({ recording, path, sizeBytes, range }: Playable, listener: Listener): Promise<Readable> {
    const { first, last } = range.kind === 'part' ? range : { first: 0, last: sizeBytes - 1 };
    await this.leaveTrace(recording, listener, first);
    const read = await this.sealed.open(recording, path, sizeBytes);
    const content = Readable.from(read(first, last + 1), { objectMode: false });
    await once(content, 'readable');
    return content;
  }

  private async leaveTrace(recording: RecordingEntity, listener: Listener, firstByte: number): Promise<void> {
    const { userId, remoteAddress } = listener;
    const nowMs = performance.now();
    if (this.plays.continues(userId, recording.id, nowMs)) return;
    const detail = { callId: recording.callId, firstByte };
    await this.audit.record({ userId, remoteAddress, action: 'recording.play', subject: recording.id, detail });
    this.plays.note(userId, recording.id, nowMs);
  }
}
