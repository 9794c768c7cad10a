import { DenwabanError } from '../platform/errors.ts';

/** Unknown login, wrong password and disabled user alike. */
export class WrongLogInError extends DenwabanError {
  readonly status = 401;
  readonly errorId = 'wrong-log-in';
  constructor() {
    super('ログインIDまたはパスワードが違います。');
  }
}

export class TooManyAttemptsError extends DenwabanError {
  readonly status = 429;
  readonly errorId = 'too-many-attempts';
  constructor(readonly retryAfterSeconds: number) {
    super(`ログインの失敗が続いたため、${retryAfterSeconds}秒後にもう一度お試しください。`, { retryAfterSeconds });
  }
}

export class TooManyLogInsError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'too-many-log-ins';
  constructor() {
    super('ログインが混み合っています。しばらくしてからもう一度お試しください。');
  }
}

export class WrongPasswordError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'wrong-password';
  constructor() {
    super('現在のパスワードが違います。');
  }
}

export class WeakPasswordError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'weak-password';
}
