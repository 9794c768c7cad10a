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

export class NotParkedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'not-parked';
  constructor() {
    super('この通話は預けられていません。ほかの電話機が取ったか、元の電話機に戻りました。');
  }
}

export class EndingNotArmedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'ending-not-armed';
  constructor() {
    super(
      '終了の準備がされていないか、30秒を過ぎて解除されました。終了する場合は、もう一度準備からやり直してください。',
    );
  }
}

export class EndingUnderWayError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'ending-under-way';
  constructor() {
    super('終了の案内が始まっているため、取り消せません。案内が終わると、通話が切れます。');
  }
}

export class AnnouncingError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'announcing';
  constructor() {
    super('いま、案内を流しています。流し終わってから、もう一度操作してください。');
  }
}

export class EmergencyCallError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'emergency-call';
  constructor() {
    super(
      '緊急通報(110・118・119)の通話です。注意を流す、終了する、転送する、預けるといった操作はできません。電話機でそのままお話しください。',
    );
  }
}

export class PhoneUnknownError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'phone-unknown';
  constructor() {
    super('その電話機は設定にありません。登録済みの電話機を選んでください。');
  }
}

export class NotASupervisorError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'not-a-supervisor';
  constructor() {
    super('その電話機は、この通話の窓口の監督者に登録されていません。窓口の設定で監督者の電話機に加えてください。');
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
  'not-parked': NotParkedError,
  'ending-not-armed': EndingNotArmedError,
  'ending-under-way': EndingUnderWayError,
  announcing: AnnouncingError,
  'emergency-call': EmergencyCallError,
  'phone-unknown': PhoneUnknownError,
  'not-a-supervisor': NotASupervisorError,
  'call-act-failed': CallActFailedError,
};

export const refusalError = (refusal: CallActRefusal): DenwabanError => new REFUSALS[refusal]();
