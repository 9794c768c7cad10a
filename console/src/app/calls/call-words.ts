import { type CallOutcome, type CallState, type CallSummary, type Presentation } from '../api/generated/models.ts';
import { type IconName } from '../ui/icon.ts';

/** How a call's facts are called. The API's ids on the left, the office's words on the right. */
type Direction = CallSummary['direction'];

export interface Sign {
  label: string;
  /** A word on why, below the label. */
  note?: string;
  icon: IconName;
  tone: '' | 'success' | 'info' | 'warning' | 'error';
}

export const DIRECTION: Record<Direction, { label: string; icon: IconName }> = {
  incoming: { label: $localize`:@@direction.incoming:着信`, icon: 'incoming' },
  outgoing: { label: $localize`:@@direction.outgoing:発信`, icon: 'outgoing' },
  internal: { label: $localize`:@@direction.internal:内線`, icon: 'internal' },
};

/** What stands in place of a number that is not there. */
export const NO_NUMBER: Record<Presentation, string> = {
  shown: $localize`:@@presentation.unknown:番号不明`,
  withheld: $localize`:@@presentation.withheld:非通知`,
  payphone: $localize`:@@presentation.payphone:公衆電話`,
  unavailable: $localize`:@@presentation.unavailable:表示圏外`,
};

export const OUTCOME: Record<CallOutcome, Sign> = {
  answered: { label: $localize`:@@outcome.answered:応答`, icon: 'success', tone: 'success' },
  unanswered: { label: $localize`:@@outcome.unanswered:応答なし`, icon: 'warning', tone: 'warning' },
  abandoned: { label: $localize`:@@outcome.abandoned:応答前に切断`, icon: 'warning', tone: 'warning' },
  forwarded: { label: $localize`:@@outcome.forwarded:外部に転送`, icon: 'success', tone: 'success' },
  message: { label: $localize`:@@outcome.message:用件録音`, icon: 'warning', tone: 'warning' },
  closed: { label: $localize`:@@outcome.closed:時間外`, icon: 'info', tone: '' },
  refused: { label: $localize`:@@outcome.refused:着信拒否`, icon: 'error', tone: '' },
  failed: { label: $localize`:@@outcome.failed:接続失敗`, icon: 'error', tone: 'error' },
};

export const STATE: Record<CallState, Sign> = {
  arriving: { label: $localize`:@@state.arriving:着信処理中`, icon: 'incoming', tone: 'info' },
  announcing: { label: $localize`:@@state.announcing:告知中`, icon: 'volume', tone: 'info' },
  ringing: { label: $localize`:@@state.ringing:呼出中`, icon: 'phone', tone: 'info' },
  talking: { label: $localize`:@@state.talking:通話中`, icon: 'live', tone: 'info' },
  ended: { label: $localize`:@@state.ended:終了`, icon: 'success', tone: '' },
};

/** Somebody in the office has marked the call as harassment. */
export const MARKED: Sign = { label: $localize`:@@call.marked:カスハラ`, icon: 'warning', tone: 'error' };

const REASON: Partial<Record<string, string>> = {
  'unknown-line': $localize`:@@reason.unknownLine:着信番号が登録されていません`,
  blocked: $localize`:@@reason.blocked:着信規制に該当しました`,
  'invalid-request': $localize`:@@reason.invalidRequest:不正な形式の着信でした`,
  'outside-not-allowed': $localize`:@@reason.outsideNotAllowed:この電話機からは掛けられない番号です`,
  busy: $localize`:@@reason.busy:相手が話し中でした`,
  declined: $localize`:@@reason.declined:相手が応答を拒否しました`,
  'number-unknown': $localize`:@@reason.numberUnknown:使われていない番号です`,
  'trunks-failed': $localize`:@@reason.trunksFailed:使える外線がありませんでした`,
  'phones-unreachable': $localize`:@@reason.phonesUnreachable:つながる電話機がありませんでした`,
  'message-end-unheard': $localize`:@@reason.messageEndUnheard:用件録音の終わりを検知できませんでした`,
  'flow-missing': $localize`:@@reason.flowMissing:着信フローが見つかりませんでした`,
  'flow-endless': $localize`:@@reason.flowEndless:着信フローが終わりませんでした`,
  'line-missing': $localize`:@@reason.lineMissing:着信番号の設定が見つかりませんでした`,
  'notice-missing': $localize`:@@reason.noticeMissing:告知の設定が見つかりませんでした`,
  'notice-stuck': $localize`:@@reason.noticeStuck:告知の音声が途中で止まりました`,
  'engine-failed': $localize`:@@reason.engineFailed:通話の制御に失敗しました`,
  'notice-failed': $localize`:@@reason.noticeFailed:告知の音声を流せませんでした`,
  'journal-malformed': $localize`:@@reason.journalMalformed:通話の記録の一部を読み取れませんでした`,
  lost: $localize`:@@reason.lost:装置の停止により、終わり方を確認できませんでした`,
  'recorder-failed': $localize`:@@reason.recorderFailed:録音ファイルを作成できませんでした`,
  'recorder-stalled': $localize`:@@reason.recorderStalled:録音が止まり、予備の録音に切り替えました`,
  'journal-missing': $localize`:@@reason.journalMissing:通話の記録が失われ、録音だけが残っていました`,
};

/** Why a call was refused or failed; ids not known here are shown as they are, for the administrator. */
export const reasonWords = (reason: string): string => REASON[reason] ?? reason;

/** What a block rule did with the call. */
export const BLOCK_ACTION: Partial<Record<string, string>> = {
  refuse: $localize`:@@blockAction.refuse:応答せずに拒否`,
  'refusal-notice': $localize`:@@blockAction.refusalNotice:お断りの案内`,
  'ask-number': $localize`:@@blockAction.askNumber:番号通知のお願い`,
  desk: $localize`:@@blockAction.desk:固定の窓口に接続`,
  flag: $localize`:@@blockAction.flag:注意表示のみ`,
};

/** That a block rule caught the call, for lists. */
export const blockWords = ({ action }: NonNullable<CallSummary['blockRule']>): string =>
  $localize`:@@blockRule.caught:着信規制: ${BLOCK_ACTION[action] ?? action}:action:`;

const CALLBACK = $localize`:@@outcome.callback:折り返しが必要です`;

/** The state of a call in progress, how an ended one went. */
export function signOf({
  state,
  outcome,
  callbackRequested,
  blockRule,
}: Pick<CallSummary, 'state' | 'outcome'> & Partial<Pick<CallSummary, 'callbackRequested' | 'blockRule'>>): Sign {
  const sign = state === 'ended' && outcome !== null ? OUTCOME[outcome] : STATE[state];
  if (callbackRequested === true) return { ...sign, note: CALLBACK };
  return blockRule ? { ...sign, note: blockWords(blockRule) } : sign;
}
