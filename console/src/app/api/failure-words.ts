import { type ApiFailure } from './api-failure.ts';

/** What a person reads about a failure: what happened, and what to do about it (may be empty). */
export interface FailureWords {
  what: string;
  advice: string;
}

/** The API speaks Japanese only; failures known here are told in the language of the console. */
export function wordsFor(failure: ApiFailure): FailureWords {
  return { what: KNOWN[failure.errorId] ?? failure.message, advice: adviceFor(failure) };
}

const KNOWN: Partial<Record<string, string>> = {
  unreachable: $localize`:@@failure.unreachable:サーバーに接続できません。`,
  unreadable: $localize`:@@failure.unreadable:サーバーから正しい応答がありませんでした。`,
  'console-fault': $localize`:@@failure.consoleFault:画面の処理中に問題が起きました。`,
  'not-found': $localize`:@@failure.notFound:見つかりません。削除されたか、閲覧する権限がない可能性があります。`,
  'not-allowed': $localize`:@@failure.notAllowed:この操作をする権限がありません。`,
  'not-logged-in': $localize`:@@failure.notLoggedIn:ログインの有効期限が切れました。`,
  'invalid-input': $localize`:@@failure.invalidInput:入力内容に誤りがあります。`,
  'database-down': $localize`:@@failure.databaseDown:データベースに接続できません。`,
  'too-slow': $localize`:@@failure.tooSlow:時間内に処理が終わりませんでした。`,
  'wrong-log-in': $localize`:@@failure.wrongLogIn:ログインIDまたはパスワードが違います。`,
  'too-many-attempts': $localize`:@@failure.tooManyAttempts:ログインの失敗が続いたため、しばらくログインできません。`,
  'too-many-log-ins': $localize`:@@failure.tooManyLogIns:ログインが混み合っています。`,
  'wrong-password': $localize`:@@failure.wrongPassword:現在のパスワードが違います。`,
  'password-change-required': $localize`:@@failure.passwordChangeRequired:先にパスワードを変更してください。`,
  'recording-file-missing': $localize`:@@failure.recordingFileMissing:録音ファイルが録音庫に見つかりません。`,
  'recording-not-playable': $localize`:@@failure.recordingNotPlayable:この録音はまだ再生できないか、録音がありません。`,
  'recording-deleted': $localize`:@@failure.recordingDeleted:この録音は削除されています。`,
  'recording-not-deletable': $localize`:@@failure.recordingNotDeletable:この録音は削除できません。保存中か、もともと録音がありません。`,
  'recording-not-as-logged': $localize`:@@failure.recordingNotAsLogged:録音またはその記録が、操作記録ログに登録されたものと一致しません。`,
  'recording-not-logged': $localize`:@@failure.recordingNotLogged:この録音は、まだ操作記録ログに登録されていません。録音の保存が終わってから、もう一度お試しください。`,
  'log-inconsistent': $localize`:@@failure.logInconsistent:操作記録ログが過去の署名と一致しないため、署名を停止しています。`,
  'nothing-to-export': $localize`:@@failure.nothingToExport:条件に合う、終了した通話がありません。`,
  'export-too-large': $localize`:@@failure.exportTooLarge:一度に書き出せるのは10,000件までです。期間を区切るなどして、何回かに分けてください。`,
  'export-expired': $localize`:@@failure.exportExpired:この書き出しは有効期限を過ぎています。もう一度作成してください。`,
  'export-of-somebody-else': $localize`:@@failure.exportOfSomebodyElse:この書き出しをダウンロードできるのは、作成した人だけです。`,
  'export-running': $localize`:@@failure.exportRunning:この書き出しは、いまダウンロード中です。終わってから、または中止して30秒ほどたってからお試しください。`,
  'too-many-exports': $localize`:@@failure.tooManyExports:ほかの書き出しがダウンロード中です。同時にダウンロードできるのは2件までです。`,
  'log-not-answering': $localize`:@@failure.logNotAnswering:操作記録ログの署名が時間内に終わりませんでした。`,
  'call-over': $localize`:@@failure.callOver:この通話はすでに終了しています。`,
  'not-in-conversation': $localize`:@@failure.notInConversation:この通話は、まだ電話機につながっていません。職員が電話に出てから、もう一度操作してください。`,
  'not-recorded': $localize`:@@failure.notRecorded:この通話は録音していません。録音ルールにより録音しない通話か、まだ録音の始まっていない通話です。`,
  'not-parked': $localize`:@@failure.notParked:この通話は預けられていません。ほかの電話機が取ったか、元の電話機に戻りました。`,
  'ending-not-armed': $localize`:@@failure.endingNotArmed:終了の準備がされていないか、30秒を過ぎて解除されました。終了する場合は、もう一度準備からやり直してください。`,
  'ending-under-way': $localize`:@@failure.endingUnderWay:終了の案内が始まっているため、取り消せません。案内が終わると、通話が切れます。`,
  announcing: $localize`:@@failure.announcing:いま、案内を流しています。流し終わってから、もう一度操作してください。`,
  'emergency-call': $localize`:@@failure.emergencyCall:緊急通報(110・118・119)の通話です。注意を流す、終了する、転送する、預けるといった操作はできません。電話機でそのままお話しください。`,
  'phone-unknown': $localize`:@@failure.phoneUnknown:その電話機は設定にありません。登録済みの電話機を選んでください。`,
  'not-a-supervisor': $localize`:@@failure.notASupervisor:その電話機は、この通話の窓口の監督者に登録されていません。窓口の設定で監督者の電話機に加えてください。`,
  'call-act-failed': $localize`:@@failure.callActFailed:電話の制御に失敗しました。通話は続いています。もう一度操作するか、電話機で操作してください。`,
  'telephony-away': $localize`:@@failure.telephonyAway:電話の制御プログラムが応答しません。通話と録音は続いています。電話機のボタンで操作してください。`,
  'configuration-changed-meanwhile': $localize`:@@failure.configurationChanged:ほかの人が、先に設定を変更しました。最新の設定を確かめてから、もう一度行ってください。`,
  unexpected: $localize`:@@failure.unexpected:予期しないエラーが起きました。`,
};

function adviceFor(failure: ApiFailure): string {
  if (failure.errorId === 'unreachable') {
    return $localize`:@@advice.unreachable:LANケーブルとネットワークを確認し、しばらく待ってから再試行してください。この画面がつながらない間も、通話と録音は続いています。`;
  }
  if (failure.errorId === 'wrong-log-in') {
    return $localize`:@@advice.wrongLogIn:全角・半角、大文字・小文字を確認して、もう一度入力してください。`;
  }
  if (failure.errorId === 'recording-file-missing') {
    return $localize`:@@advice.recordingFileMissing:通話の記録は残っています。管理者に、録音庫のディスクとバックアップの確認を依頼してください。`;
  }
  if (failure.errorId === 'recording-not-as-logged') {
    return $localize`:@@advice.recordingNotAsLogged:書き換えられた可能性があります。操作記録の検証を管理者に依頼してください。`;
  }
  if (failure.errorId === 'log-inconsistent') {
    return $localize`:@@advice.logInconsistent:記録が書き換えられた可能性があります。操作記録の検証を管理者に依頼してください。`;
  }
  if (failure.errorId === 'not-allowed') {
    return $localize`:@@advice.forbidden:必要な場合は、管理者に権限の追加を依頼してください。`;
  }
  if (failure.status === 429) return throttledAdvice(failure.retryAfterSeconds);
  // These say themselves what to do.
  if (failure.errorId === 'call-act-failed' || failure.errorId === 'telephony-away') return '';
  if (failure.status >= 500) {
    return $localize`:@@advice.server:しばらく待ってから再試行してください。続く場合は、管理者に連絡してください。通話と録音は続いています。`;
  }
  return '';
}

function throttledAdvice(seconds: number | null): string {
  if (seconds === null) return $localize`:@@advice.throttled:しばらく待ってから、もう一度お試しください。`;
  if (seconds < 60)
    return $localize`:@@advice.throttledSeconds:${seconds}:seconds:秒ほど待ってから、もう一度お試しください。`;
  const minutes = Math.ceil(seconds / 60);
  return $localize`:@@advice.throttledMinutes:${minutes}:minutes:分ほど待ってから、もう一度お試しください。`;
}
