import { DenwabanError } from '../errors.ts';

export class NotAllowedError extends DenwabanError {
  readonly status = 403;
  readonly errorId = 'not-allowed';
  constructor() {
    super('この操作をする権限がありません。必要な場合は管理者に依頼してください。');
  }
}

export class PasswordChangeRequiredError extends DenwabanError {
  readonly status = 403;
  readonly errorId = 'password-change-required';
  constructor() {
    super('先にパスワードを変更してください。');
  }
}

export class MalformedJsonError extends DenwabanError {
  readonly status = 400;
  readonly errorId = 'malformed-json';
  constructor() {
    super('送信された内容を読み取れません(JSONの形式が正しくありません)。');
  }
}

export class BodyTooLargeError extends DenwabanError {
  readonly status = 413;
  readonly errorId = 'body-too-large';
  constructor() {
    super('送信された内容が大きすぎます。');
  }
}

export class UnsupportedMediaTypeError extends DenwabanError {
  readonly status = 415;
  readonly errorId = 'unsupported-media-type';
  /** @param expected media type */
  constructor(expected: string) {
    super(`この形式のデータは受け付けられません。${expected} で送信してください。`);
  }
}

export class CrossOriginError extends DenwabanError {
  readonly status = 403;
  readonly errorId = 'cross-origin';
  constructor() {
    super('別のサイトからの操作は受け付けられません。電話番の画面から操作してください。');
  }
}

export class DatabaseDownError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'database-down';
  constructor() {
    super('データベースに接続できません。通話と録音は続いています。しばらくしてからもう一度お試しください。');
  }
}

export class TooSlowError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'too-slow';
  constructor() {
    super(
      '時間内に処理が終わりませんでした。処理が続いていることもありますので、しばらくしてから結果を確かめ、必要であればもう一度お試しください。',
    );
  }
}

/** What a client sees of a failure nobody foresaw. */
export class UnexpectedError extends DenwabanError {
  readonly status = 500;
  readonly errorId = 'unexpected';
  constructor() {
    super('予期しないエラーが起きました。管理者に、画面に表示された番号を伝えてください。');
  }
}
