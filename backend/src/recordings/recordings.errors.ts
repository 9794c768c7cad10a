import { DenwabanError } from '../platform/errors.ts';
import {
  ChunkAlteredError,
  CiphertextTruncatedError,
  type UndecryptableError,
} from './encryption/encryption.errors.ts';
import type { DeletionObstacle } from './deletion/deletion-decision.ts';
import type { RecordingDeletion } from './recording.schema.ts';

/** The file of a recording is not what was sealed: found while playing, and told on the health page. */
export class RecordingUnreadableError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'recording-unreadable';
  readonly chunk: number | null;

  constructor(recordingId: string, found: UndecryptableError) {
    const chunk = found instanceof ChunkAlteredError || found instanceof CiphertextTruncatedError ? found.chunk : null;
    super(found.message, { recordingId, problem: found.errorId, chunk });
    this.chunk = chunk;
    this.cause = found;
  }
}

/** One side could not be taken out of a recording whose file is as it was sealed: the tools of this box failed. */
export class RecordingUndecodableError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'recording-undecodable';
  constructor(recordingId: string, cause: Error) {
    super('片側だけの音声を取り出せませんでした。録音は失われていません。「両方」を選んで再生してください。', {
      recordingId,
    });
    this.cause = cause;
  }
}

/** The row says sealed, the vault has no file: found while playing, and told on the health page. */
export class RecordingFileMissingError extends DenwabanError {
  readonly status = 410;
  readonly errorId = 'recording-file-missing';
  constructor(recordingId: string) {
    super(
      '録音ファイルが録音庫に見つかりません。録音の記録は残っています。システム管理者に録音庫のディスクとバックアップの確認を依頼してください。',
      { recordingId },
    );
  }
}

/** RFC 9110, 15.5.17. */
export class RangeNotSatisfiableError extends DenwabanError {
  readonly status = 416;
  readonly errorId = 'range-not-satisfiable';
  constructor(readonly sizeBytes: number) {
    super('指定された範囲は録音の長さを超えています。', { sizeBytes });
  }
}

/** There was audio. Who reads this is told when it went, by which rule and why. */
export class RecordingDeletedError extends DenwabanError {
  readonly status = 410;
  readonly errorId = 'recording-deleted';
  constructor(recordingId: string, deletion: RecordingDeletion | null) {
    super('この録音は削除されています。削除の日時・規則・理由は通話の詳細に表示されています。', {
      recordingId,
      ...deletion,
    });
  }
}

/** Only a settled recording that has audio can be deleted. */
export class RecordingNotDeletableError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'recording-not-deletable';
  constructor(obstacle: DeletionObstacle) {
    super(DELETION_OBSTACLES[obstacle], { obstacle });
  }
}

const DELETION_OBSTACLES: Record<DeletionObstacle, string> = {
  'not-settled': '録音の保存が終わっていないため、まだ削除できません。しばらくしてからもう一度お試しください。',
  'no-audio': 'この通話の録音はもともとありません。削除するものはありません。',
};

/** Somebody deleted a recording while it was being sealed again. */
export class RecordingDeletedMeanwhileError extends Error {
  override readonly name = 'RecordingDeletedMeanwhileError';
}

/** There is no audio to play: not yet, or not at all. */
export class RecordingNotPlayableError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'recording-not-playable';
  constructor(state: 'sealing' | 'none', reason: string | null) {
    super(
      state === 'sealing'
        ? '録音を保存しています。しばらくしてからもう一度お試しください。'
        : 'この通話の録音はありません。理由は通話の詳細に表示されています。',
      { state, reason },
    );
  }
}

/** The journal of a call was there and is not any more. */
export class CallNotFiledError extends Error {
  override readonly name = 'CallNotFiledError';
}
