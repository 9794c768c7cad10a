import { DenwabanError } from '../../platform/errors.ts';
import type { CallActRefusal } from './call-act.schema.ts';

export class CallOverError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'call-over';
  constructor() {
    super('この通話はすでに終了しています。');
  }
}

export class NotInConversationError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'not-in-conversation';
  constructor() {
    super('この通話は、まだ電話機につながっていません。職員が電話に出てから、もう一度操作してください。');
  }
}

export class CallActFailedError extends DenwabanError {
  readonly status = 502;
  readonly errorId = 'call-act-failed';
  constructor() {
    super('電話の制御に失敗しました。通話は続いています。もう一度操作するか、電話機で操作してください。');
  }
}

export class CallNotRecordedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'not-recorded';
  constructor() {
    super('この通話は録音していません。録音ルールにより録音しない通話か、まだ録音の始まっていない通話です。');
  }
}

/** Nobody has answered. Whether it was done shows in the call's timeline. */
export class TelephonyAwayError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'telephony-away';
  constructor() {
    super('電話の制御プログラムが応答しません。通話と録音は続いています。電話機のボタンで操作してください。');
  }
}

const REFUSALS: Record<CallActRefusal, new () => DenwabanError> = {
  'call-over': CallOverError,
  'not-in-conversation': NotInConversationError,
  'not-recorded': CallNotRecordedError,
  'call-act-failed': CallActFailedError,
};

export const refusalError = (refusal: CallActRefusal): DenwabanError => new REFUSALS[refusal]();
