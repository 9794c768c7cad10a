/** What the parts of the document are called on screens; a key that is not here stands for itself. */
const WORDS: Record<string, string> = {
  site: '拠点',
  trunks: '外線',
  pbx: '主装置',
  phones: '電話機',
  desks: '窓口',
  notices: '告知',
  schedules: '開庁時間',
  lines: '着信番号',
  recordings: '録音',
  classes: '保存区分',
  rules: '録音ルール',
  recording: '録音',
  reason: '理由',
  directions: '通話の方向',
  numbers: '相手の番号',
  pause: '録音の一時停止',
  resumeAfterSeconds: '自動で再開するまでの時間(秒)',
  outgoingNotice: '発信時の告知',
  id: 'ID',
  name: '名前',
  outgoing: '発信',
  prefix: '外線発信番号',
  line: '通知する着信番号',
  outside: '外線への発信',
  transport: '接続方式',
  user: 'ユーザー名',
  authUser: '認証用のユーザー名',
  domain: 'ドメイン名',
  numberIn: '着信番号の場所',
  keys: 'プッシュ信号',
  withholding: '184の伝え方',
  sessionTimers: 'セッションタイマー',
  sessionSeconds: 'セッションの時間(秒)',
  reliableProvisional: '100rel',
  probeSeconds: '応答の確認(秒ごと)',
  expirySeconds: '登録の有効時間(秒)',
  type: '種類',
  host: 'IPアドレス',
  port: 'ポート番号',
  extension: '内線番号',
  number: '電話番号',
  secret: 'パスワード',
  password: 'パスワード',
  members: '鳴らす電話機',
  ringSeconds: '呼び出し時間(秒)',
  memberSeconds: '1台の呼び出し時間(秒)',
  strategy: '鳴らし方',
  longCalls: '長時間通話',
  notice: '告知',
  text: '文面',
  audio: '音声',
  trunk: '外線',
  flow: '着信フロー',
  start: '最初の手順',
  nodes: '手順',
  next: '次の手順',
  otherwise: 'つながらないときの手順',
  busy: '話し中のときの手順',
  open: '開庁中の手順',
  closed: '閉庁中の手順',
  closedDay: '閉庁日の手順',
  schedule: '開庁時間',
  desk: '窓口',
  choices: '選択肢',
  retries: 'やり直しの回数',
  cause: '切断理由',
  show: '表示する番号',
  week: '曜日ごとの時間',
  specialDays: '特別な日',
  closedOnNationalHolidays: '祝日は閉庁',
  closedAtTurnOfYear: '年末年始は閉庁',
  monday: '月曜日',
  tuesday: '火曜日',
  wednesday: '水曜日',
  thursday: '木曜日',
  friday: '金曜日',
  saturday: '土曜日',
  sunday: '日曜日',
  from: '始まり',
  to: '終わり',
  day: '日付',
  hours: '時間帯',
  code: '臨時の開閉の番号',
  switchPhones: '臨時の開閉ができる電話機',
  noticeRecording: '電話機からの告知の録音',
  neverBlocked: '着信規制の対象にしない番号',
  supervisors: '監督者の電話機',
  stages: '段階',
  endsByItself: '自動で終える',
  supervisorsRing: '監督者の電話機を鳴らす',
  afterMinutes: '経過時間(分)',
  act: '行うこと',
  bargeIn: '案内の途中のキー操作',
  firstKeySeconds: '最初のキーを待つ時間(秒)',
  nextKeySeconds: '次のキーを待つ時間(秒)',
  invalidNotice: '選択肢にないキーのときの告知',
  noKeyNotice: 'キーが押されないときの告知',
  longestSeconds: '最長の時間(秒)',
  silenceSeconds: '終わりとみなす無音(秒)',
  then: '選んだときの動作',
  node: '進む手順',
  format: '音声の形式',
};

/** Parts whose keys are names of their own. */
const NAMED_THINGS = new Set(['nodes']);

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param keys way to a part of a document, with ids in lists
 * @param documents where the names of things are looked up, the first that has one counts
 * @returns e.g. `電話機「市民課1」 › 内線番号`
 */
export function placeInWords(keys: readonly string[], documents: readonly unknown[]): string {
  const parts: string[] = [];
  for (const [index, key] of keys.entries()) {
    const parent = keys[index - 1];
    const thing = nameOf(keys.slice(0, index + 1), documents);
    if (thing !== null || (parent !== undefined && NAMED_THINGS.has(parent)))
      parts.push(`${parts.pop() ?? ''}「${thing ?? key}」`);
    else parts.push(WORDS[key] ?? key);
  }
  return parts.join(' › ');
}

/** @returns name of the thing of a list that the keys lead to; null when they lead to something else */
function nameOf(keys: readonly string[], documents: readonly unknown[]): string | null {
  for (const document of documents) {
    const list = keys.slice(0, -1).reduce(within, document);
    const thing = Array.isArray(list) ? within(list, keys.at(-1) ?? '') : undefined;
    if (isFields(thing)) return typeof thing.name === 'string' ? thing.name : (keys.at(-1) ?? '');
  }
  return null;
}

function within(part: unknown, key: string): unknown {
  if (Array.isArray(part)) return part.find((item) => isFields(item) && item.id === key) as unknown;
  return isFields(part) && Object.hasOwn(part, key) ? part[key] : undefined;
}
