import { DenwabanError } from '../../platform/errors.ts';

/** The log is none of those this box was told to vouch for. */
export class UnknownLogError extends DenwabanError {
  readonly status = 404;
  readonly errorId = 'unknown-log';
  constructor() {
    super('この装置は、そのログの立会いを設定されていません。');
  }
}

/** Not signed by the log it claims to be of. */
export class UnsignedCheckpointError extends DenwabanError {
  readonly status = 403;
  readonly errorId = 'unsigned-checkpoint';
  constructor() {
    super('チェックポイントの署名が、登録されているログの鍵と一致しません。');
  }
}

/** Not an add-checkpoint request. */
export class MalformedSubmissionError extends DenwabanError {
  readonly status = 400;
  readonly errorId = 'malformed-submission';
  constructor(problem: string) {
    super('立会いの依頼の形式が正しくありません(c2sp.org/tlog-witness)。', { problem });
  }
}

/** Nothing shows that the checkpoint continues what was cosigned. */
export class InconsistentCheckpointError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'inconsistent-checkpoint';
  constructor(origin: string, size: number) {
    super('チェックポイントが、以前に立ち会った記録の続きであることを確認できません。署名しませんでした。', {
      origin,
      size,
    });
  }
}

/** The box has no name yet to sign by. */
export class WitnessNotReadyError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'witness-not-ready';
  constructor() {
    super('この装置の初期設定が終わっていないため、立会いができません。');
  }
}
