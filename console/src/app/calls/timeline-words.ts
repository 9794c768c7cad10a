import { type TimelineEntry } from '../api/generated/models.ts';
import { BLOCK_ACTION, reasonWords } from './call-words.ts';

type Detail = TimelineEntry['detail'];

const phoneIn = (detail: Detail, key = 'phone'): string =>
  detail[`${key}Name`] ?? detail[key] ?? $localize`:@@timeline.aPhone:電話機`;

const trunkIn = (detail: Detail): string => detail['trunkName'] ?? detail['trunk'] ?? '';

const deskIn = (detail: Detail): string => detail['deskName'] ?? detail['desk'] ?? $localize`:@@timeline.aDesk:窓口`;

/** DIALSTATUS of Asterisk, in the office's words. */
const UNANSWERED: Partial<Record<string, string>> = {
  BUSY: $localize`:@@unanswered.busy:話し中でした`,
  NOANSWER: $localize`:@@unanswered.noAnswer:応答がありませんでした`,
  CANCEL: $localize`:@@unanswered.cancel:応答する前に相手が切断しました`,
  CHANUNAVAIL: $localize`:@@unanswered.unavailable:つながる電話機がありませんでした`,
  CONGESTION: $localize`:@@unanswered.congestion:回線が混み合っていました`,
};

/** Why a trunk did not connect a call, by the SIP status of the refusal. */
function notConnectedWords(status: string, sip: string): string {
  if (status === 'BUSY' || sip === '486') return UNANSWERED['BUSY'] ?? '';
  if (status === 'NOANSWER' || sip === '480') return UNANSWERED['NOANSWER'] ?? '';
  if (sip === '603') return $localize`:@@notConnected.declined:相手が応答を拒否しました`;
  if (['404', '410', '484', '604'].includes(sip)) return $localize`:@@notConnected.noNumber:使われていない番号です`;
  return $localize`:@@notConnected.trunk:外線を使えませんでした`;
}

/** How the office stood, and what decided. */
const OPENNESS: Partial<Record<string, string>> = {
  open: $localize`:@@schedule.open:開庁`,
  closed: $localize`:@@schedule.closed:時間外`,
  'closed-day': $localize`:@@schedule.closedDay:閉庁日`,
};

const RULE: Partial<Record<string, string>> = {
  switch: $localize`:@@schedule.switch:臨時の開閉`,
  'one-off-day': $localize`:@@schedule.oneOffDay:特別な日`,
  'yearly-day': $localize`:@@schedule.yearlyDay:毎年の特別な日`,
  'turn-of-year': $localize`:@@schedule.turnOfYear:年末年始`,
  'national-holiday': $localize`:@@schedule.nationalHoliday:国民の祝日・休日`,
  week: $localize`:@@schedule.week:曜日ごとの時間`,
};

const MESSAGE_END: Partial<Record<string, string>> = {
  key: $localize`:@@messageEnd.key:#が押されました`,
  silence: $localize`:@@messageEnd.silence:無音が続きました`,
  limit: $localize`:@@messageEnd.limit:最長の時間になりました`,
  caller: $localize`:@@messageEnd.caller:相手側が電話を切りました`,
  failed: $localize`:@@messageEnd.failed:録音できませんでした`,
};

const FALLBACK: Partial<Record<string, string>> = {
  unclaimed: $localize`:@@fallback.unclaimed:通話の制御が応答しなかったため、控えの設定で受け付けました`,
  'lease-expired': $localize`:@@fallback.leaseExpired:通話の制御が途中で止まったため、控えの設定に切り替えました`,
  failed: $localize`:@@fallback.failed:通話の制御に失敗したため、控えの設定に切り替えました`,
};

/** What was done because a call lasts long. */
const LONG_CALL: Partial<Record<string, string>> = {
  'tell-staff': $localize`:@@longCall.tellStaff:職員に知らせました`,
  'tell-supervisor': $localize`:@@longCall.tellSupervisor:通話中の画面で上司に知らせました`,
  announce: $localize`:@@longCall.announce:双方に案内を流しました`,
  'arm-ending': $localize`:@@longCall.armEnding:終了の準備をしました`,
};

const END: Partial<Record<string, string>> = {
  caller: $localize`:@@end.caller:相手側が電話を切りました`,
  office: $localize`:@@end.office:職員側が電話を切りました`,
  box: $localize`:@@end.box:電話番が通話を終えました`,
  lost: $localize`:@@end.lost:装置の停止により、通話の終わりを確認できませんでした`,
};

/** What a recording rule says, with its name. */
const RECORDING: Partial<Record<string, string>> = {
  always: $localize`:@@recordingRule.always:録音します`,
  'on-demand': $localize`:@@recordingRule.onDemand:指示があれば保存します`,
  never: $localize`:@@recordingRule.never:録音しません`,
};

export const STANDARD_RULES: Partial<Record<string, string>> = {
  standard: $localize`:@@recordingRule.standard:標準`,
  emergency: $localize`:@@recordingRule.emergency:緊急通報`,
};

/** Who did it: somebody on a phone, or in the console. */
const actorIn = (detail: Detail): string => detail['userName'] ?? phoneIn(detail);

/** Who did it in the conversation. */
const doerIn = (detail: Detail): string =>
  detail['userName'] ?? (detail['phone'] ? phoneIn(detail) : $localize`:@@timeline.theBox:電話番`);

const ACT: Partial<Record<string, string>> = {
  warn: $localize`:@@act.warn:注意を流す`,
  'confirm-ending': $localize`:@@act.confirmEnding:告げて終了`,
  transfer: $localize`:@@act.transfer:転送`,
  park: $localize`:@@act.park:通話を預ける`,
  'pick-up': $localize`:@@act.pickUp:預けた通話を取る`,
  supervise: $localize`:@@act.supervise:通話に入る`,
};

const ANNOUNCEMENT: Partial<Record<string, string>> = {
  'warning-recording': $localize`:@@announcement.recording:録音中の注意`,
  'warning-final': $localize`:@@announcement.final:最後の注意`,
  ending: $localize`:@@announcement.ending:通話の終了`,
  'long-call': $localize`:@@announcement.longCall:長時間の通話`,
  'long-call-second': $localize`:@@announcement.longCallSecond:長時間の通話(2回目)`,
};

/** What a supervisor whispers is heard by the staff member alone, and so is in no recording of the call. */
const SUPERVISION: Partial<Record<string, string>> = {
  listen: $localize`:@@supervision.listen:聴くだけ`,
  whisper: $localize`:@@supervision.whisper:職員だけにささやく。相手には聞こえず、録音されません`,
  join: $localize`:@@supervision.join:三者で話す`,
};

const WORDS: Partial<Record<string, (detail: Detail) => string>> = {
  begin: ({ direction }) =>
    direction === 'outgoing'
      ? $localize`:@@timeline.outgoing:発信しました`
      : direction === 'internal'
        ? $localize`:@@timeline.internal:内線で呼び出しました`
        : $localize`:@@timeline.incoming:着信しました`,
  recorder: () => $localize`:@@timeline.recorder:録音を始めました`,
  'recording-rule': ({ recordingRule = '', recordingRuleName, recording }) =>
    $localize`:@@timeline.recordingRule:録音ルール「${recordingRuleName ?? STANDARD_RULES[recordingRule] ?? recordingRule}:rule:」により、${RECORDING[recording ?? ''] ?? recording}:what:`,
  'recording-paused': (detail) =>
    $localize`:@@timeline.recordingPaused:${actorIn(detail)}:who:が録音を一時停止しました(最長${detail['seconds']}:seconds:秒)`,
  'recording-resumed': (detail) => {
    if (detail['by'] === 'time')
      return $localize`:@@timeline.resumedByTime:録音の一時停止が、設定の時間で自動的に終わりました`;
    if (detail['by'] === 'transfer')
      return $localize`:@@timeline.resumedByTransfer:転送により、録音の一時停止が終わりました`;
    return $localize`:@@timeline.recordingResumed:${actorIn(detail)}:who:が録音を再開しました`;
  },
  'recording-kept': (detail) => $localize`:@@timeline.recordingKept:${actorIn(detail)}:who:が録音の保存を指示しました`,
  claimed: () => $localize`:@@timeline.claimed:電話番が受け付けました`,
  fallback: ({ reason }) => FALLBACK[reason ?? ''] ?? FALLBACK['failed'] ?? '',
  accepted: () => $localize`:@@timeline.accepted:回線に応答しました`,
  notice: ({ notice, noticeName }) =>
    $localize`:@@timeline.noticeNamed:告知「${noticeName ?? notice}:notice:」を流し始めました`,
  'notice-ended': () => $localize`:@@timeline.noticeEnded:告知が終わりました`,
  schedule: ({ schedule, scheduleName, openness, rule }) =>
    $localize`:@@timeline.schedule:開庁時間「${scheduleName ?? schedule}:schedule:」を確かめました: ${OPENNESS[openness ?? ''] ?? openness}:openness:(${RULE[rule ?? ''] ?? rule}:rule:)`,
  menu: ({ menu }) => $localize`:@@timeline.menu:案内メニュー「${menu}:menu:」を流し始めました`,
  'menu-keys': ({ keys }) => $localize`:@@timeline.menuKeys:相手が「${keys}:keys:」を押しました`,
  'menu-invalid': () => $localize`:@@timeline.menuInvalid:選択肢にないキーが押されました`,
  'menu-no-key': () => $localize`:@@timeline.menuNoKey:キーが押されませんでした`,
  'menu-left': () => $localize`:@@timeline.menuLeft:選択のないまま、案内メニューの先に進みました`,
  message: () => $localize`:@@timeline.message:用件の録音を始めました`,
  'message-ended': ({ by }) =>
    $localize`:@@timeline.messageEnded:用件の録音が終わりました(${MESSAGE_END[by ?? ''] ?? by}:reason:)`,
  forwarding: ({ to }) => $localize`:@@timeline.forwarding:外部の番号 ${to}:number: を呼び出しました`,
  forwarded: () => $localize`:@@timeline.forwarded:外部の転送先が応答しました`,
  'not-forwarded': ({ status }) =>
    $localize`:@@timeline.notForwarded:外部への転送が終わりました(${UNANSWERED[status ?? ''] ?? UNANSWERED['NOANSWER']}:outcome:)`,
  ringing: (detail) => $localize`:@@timeline.ringing:${deskIn(detail)}:desk:を呼び出しました`,
  calling: (detail) => $localize`:@@timeline.calling:${phoneIn(detail)}:phone:から発信しました`,
  emergency: () => $localize`:@@timeline.emergency:緊急通報として発信しました`,
  dialling: (detail) =>
    detail['withheld'] === 'yes'
      ? $localize`:@@timeline.diallingWithheld:外線「${trunkIn(detail)}:trunk:」で、番号を非通知にして呼び出しました`
      : $localize`:@@timeline.dialling:外線「${trunkIn(detail)}:trunk:」で呼び出しました(通知した番号: ${detail['lineName'] ?? detail['line'] ?? $localize`:@@timeline.noLine:外線の番号`}:line:)`,
  'not-connected': (detail) =>
    $localize`:@@timeline.notConnected:外線「${trunkIn(detail)}:trunk:」ではつながりませんでした(${notConnectedWords(detail['status'] ?? '', detail['sip'] ?? '')}:outcome:)`,
  connected: () => $localize`:@@timeline.connected:相手が応答しました`,
  answered: (detail) => $localize`:@@timeline.answered:${phoneIn(detail)}:phone:が応答しました`,
  unanswered: (detail) => {
    const outcome = UNANSWERED[detail['status'] ?? ''] ?? UNANSWERED['NOANSWER'];
    return $localize`:@@timeline.unanswered:${deskIn(detail)}:desk:の呼び出しが終わりました(${outcome}:outcome:)`;
  },
  left: (detail) => $localize`:@@timeline.left:${phoneIn(detail)}:phone:が通話を離れました`,
  held: (detail) => $localize`:@@timeline.held:${phoneIn(detail)}:phone:が保留にしました`,
  resumed: (detail) => $localize`:@@timeline.resumed:${phoneIn(detail)}:phone:が保留を解除しました`,
  asking: (detail) =>
    $localize`:@@timeline.asking:${phoneIn(detail)}:phone:が${phoneIn(detail, 'to')}:to:に、通話を引き継げるか尋ねています`,
  'not-reached': (detail) =>
    $localize`:@@timeline.notReached:${phoneIn(detail)}:phone:は出ませんでした(${UNANSWERED[detail['status'] ?? ''] ?? UNANSWERED['NOANSWER']}:outcome:)`,
  transferred: (detail) =>
    $localize`:@@timeline.transferred:${phoneIn(detail)}:phone:が${phoneIn(detail, 'to')}:to:に転送しました`,
  'long-call': ({ act, minutes, failed }) =>
    failed
      ? $localize`:@@timeline.longCallFailed:通話が${minutes}:minutes:分になりましたが、お知らせできませんでした`
      : $localize`:@@timeline.longCall:通話が${minutes}:minutes:分になり、${LONG_CALL[act ?? ''] ?? act}:what:`,
  asked: ({ act, userName }) =>
    $localize`:@@timeline.asked:${userName}:user:が画面から操作しました(${ACT[act ?? ''] ?? act}:act:)`,
  marked: (detail) => $localize`:@@timeline.marked:${doerIn(detail)}:who:がカスハラの印を付けました`,
  unmarked: (detail) => $localize`:@@timeline.unmarked:${doerIn(detail)}:who:がカスハラの印を外しました`,
  announcement: ({ notice }) =>
    $localize`:@@timeline.announcement:双方に「${ANNOUNCEMENT[notice ?? ''] ?? notice}:notice:」を流し始めました`,
  'announcement-ended': ({ heard }) =>
    heard === 'whole'
      ? $localize`:@@timeline.announcementEnded:案内を流し終わりました`
      : $localize`:@@timeline.announcementCut:案内は最後まで流れませんでした`,
  'ending-armed': (detail) => $localize`:@@timeline.endingArmed:${doerIn(detail)}:who:が終了の準備をしました(30秒間)`,
  'ending-cancelled': (detail) =>
    $localize`:@@timeline.endingCancelled:${doerIn(detail)}:who:が終了の準備を取り消しました`,
  'ending-confirmed': (detail) => $localize`:@@timeline.endingConfirmed:${doerIn(detail)}:who:が終了を確定しました`,
  parked: (detail) =>
    $localize`:@@timeline.parked:${phoneIn(detail)}:phone:が通話を${detail['slot']}:slot:番に預けました`,
  unparked: ({ by }) =>
    by === 'phone'
      ? $localize`:@@timeline.pickedUp:預けた通話を電話機が取りました`
      : $localize`:@@timeline.parkedTooLong:預けた通話を誰も取らなかったため、元の電話機に戻しました`,
  supervision: (detail) =>
    $localize`:@@timeline.supervision:${phoneIn(detail)}:supervisor:が${phoneIn(detail, 'to')}:phone:の通話に入りました(${SUPERVISION[detail['mode'] ?? ''] ?? detail['mode']}:mode:)`,
  'supervision-ended': (detail) =>
    $localize`:@@timeline.supervisionEnded:${phoneIn(detail)}:supervisor:が通話から抜けました`,
  'supervisor-rung': (detail) =>
    $localize`:@@timeline.supervisorRung:長い通話を知らせるため、${phoneIn(detail)}:supervisor:を呼び出しました`,
  'supervisor-told': (detail) =>
    $localize`:@@timeline.supervisorTold:${phoneIn(detail)}:supervisor:に、通話が長くなっていることを知らせました`,
  'supervisors-missed': ({ status }) =>
    $localize`:@@timeline.supervisorsMissed:監督者の電話機には知らせることができませんでした(${UNANSWERED[status ?? ''] ?? UNANSWERED['NOANSWER']}:outcome:)`,
  blocked: ({ action }) =>
    $localize`:@@timeline.blocked:着信規制に該当しました(${BLOCK_ACTION[action ?? ''] ?? action}:action:)`,
  refused: ({ reason }) => $localize`:@@timeline.refused:つながずに終えました(${reasonWords(reason ?? '')}:reason:)`,
  fault: ({ reason }) => $localize`:@@timeline.fault:問題がありました(${reasonWords(reason ?? '')}:reason:)`,
  end: ({ by }) => END[by ?? ''] ?? $localize`:@@timeline.end:通話が終わりました`,
};

/** One line of the 経過. An event this console does not know yet is shown by its id. */
export function timelineWords({ event, detail }: TimelineEntry): string {
  const words = WORDS[event]?.(detail) ?? event;
  return detail['found'] === 'later' ? $localize`:@@timeline.foundLater:${words}:event:(あとから確認)` : words;
}

/** Events worth a mark on the waveform. */
export const isMarked = ({ event }: TimelineEntry): boolean =>
  [
    ...['answered', 'connected', 'forwarded', 'message', 'held', 'resumed', 'transferred', 'fault', 'blocked'],
    ...['recording-paused', 'recording-resumed', 'recording-kept'],
  ].includes(event);

export const isTrouble = ({ event }: TimelineEntry): boolean => event === 'fault' || event === 'fallback';
