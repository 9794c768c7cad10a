/** A failure a person can do something about. Answered as `{ errorId, message, details?, correlationId }`. */
export abstract class DenwabanError extends Error {
  abstract readonly status: number;
  /** Stable and kebab-case: clients and tests match on this, never on the message. */
  abstract readonly errorId: string;
  readonly details: unknown;

  constructor(message: string, details?: unknown) {
    super(message);
    this.name = new.target.name;
    this.details = details;
  }
}

export class NotFoundError extends DenwabanError {
  readonly status = 404;
  readonly errorId = 'not-found';
  constructor() {
    super('見つかりません。削除されたか、閲覧する権限がない可能性があります。');
  }
}

export class InvalidInputError extends DenwabanError {
  readonly status = 400;
  readonly errorId = 'invalid-input';
  constructor(problems: { path: string; message: string }[]) {
    super('入力内容に誤りがあります。', problems);
  }
}

export class NotLoggedInError extends DenwabanError {
  readonly status = 401;
  readonly errorId = 'not-logged-in';
  constructor() {
    super('ログインしてください。');
  }
}
