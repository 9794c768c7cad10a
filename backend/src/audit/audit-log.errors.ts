import { DenwabanError } from '../platform/errors.ts';

/** The log is not a continuation of what was signed. Whoever signed it would vouch for a rewritten history. */
export class InconsistentLogError extends Error {
  override readonly name = 'InconsistentLogError';
  /** @param problem in Japanese, for the health page */
  constructor(readonly problem: string) {
    super(problem);
  }
}

/** The worker, which keeps the log, is away or busy. */
export class LogNotAnsweringError extends DenwabanError {
  readonly status = 504;
  readonly errorId = 'log-not-answering';
  constructor() {
    super(
      '操作記録ログの署名が時間内に終わりませんでした。記録は残っています。しばらくしてからもう一度お試しください。',
    );
  }
}

/** There is nothing signed that an answer could be made of. */
export class LogBrokenError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'log-inconsistent';
  constructor(problem: string | null) {
    super(
      '操作記録ログが過去の署名と一致しないため、署名を停止しています。記録が書き換えられた可能性があります。検証を実行し、システム管理者に連絡してください。',
      { problem },
    );
  }
}

/** The recording is not settled yet, so nothing is said about it in the log. */
export class NotLoggedYetError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'recording-not-logged';
  constructor() {
    super('この録音はまだ操作記録ログに登録されていません。録音の保存が終わってからもう一度お試しください。');
  }
}
