import type { Check, Problem } from './evidence.ts';

export type Language = 'ja' | 'en';

/** Facts about the recording that a result shows. */
export type FactName =
  | 'recordingStart'
  | 'duration'
  | 'completeness'
  | 'missing'
  | 'direction'
  | 'number'
  | 'dialled'
  | 'desk'
  | 'phone'
  | 'audioHash'
  | 'recordingId'
  | 'callId'
  | 'logPlace'
  | 'createdAt'
  | 'createdBy'
  | 'reason';

/** Everything the page says. Words in `{}` are replaced. */
export interface Words {
  title: string;
  intro: string;
  choose: string;
  drop: string;
  otherLanguage: string;
  working: string;
  print: string;
  verdict: Record<
    'correct' | 'wrong' | 'exportCorrect' | 'exportWrong' | 'exportWithoutAudio' | 'unreadable' | 'empty' | 'outdated',
    { heading: string; text: string }
  >;
  checksHeading: string;
  outcome: Record<Check['outcome'], string>;
  check: Record<Check['id'], string>;
  problem: Record<Problem, string>;
  unknown: string;
  exportCounts: string;
  exportUnknown: string;
  keyHeading: string;
  keyAdvice: string;
  keyName: string;
  fingerprint: string;
  compare: string;
  compareSame: string;
  compareOther: string;
  factsHeading: string;
  facts: Record<FactName, string>;
  completeness: Record<'complete' | 'partial' | 'none', string>;
  direction: Record<'incoming' | 'outgoing' | 'internal', string>;
  withheld: string;
  seconds: string;
  logPlace: string;
  limitsHeading: string;
  limits: string[];
  vouchersHeading: string;
  timestamp: string;
  /** Where the stamp does not say by whom, or cannot be read here. */
  timestampUnread: string;
  timestampAdvice: string;
  cosignature: string;
  cosigned: string;
  cosignatureUnchecked: string;
  cosignatureAdvice: string;
  verifiedAt: string;
}

const ja: Words = {
  title: '通話録音の証拠一式の検証',
  intro:
    'この画面は、証拠一式(ZIPファイル)が録音装置で作られたときのままかどうかを、このパソコンの中だけで確かめます。ネットワークは使わず、ファイルはどこにも送られません。',
  choose: 'ファイルを選ぶ',
  drop: '証拠一式のZIPファイル、または展開したファイル全部を、ここに置いてください。',
  otherLanguage: 'English',
  working: '検証しています… {percent} %',
  print: '結果を印刷',
  verdict: {
    correct: {
      heading: '正しい',
      text: '録音と記録は、録音装置が署名したときから1ビットも変わっていません。下の「鍵の指紋」を役所に確認すると、署名した装置が本物であることも確かめられます。',
    },
    wrong: {
      heading: '正しくありません',
      text: '録音装置が署名した内容と一致しません。下に示すファイルは証拠として使えません。元の証拠一式をもう一度入手してください。',
    },
    exportCorrect: {
      heading: '書き出しの一覧と一致',
      text: 'すべてのファイルが、書き出しに添えられたmanifest.jsonの記載と一致しています。ただし、書き出しには署名がありません。証拠として使うには、通話の画面で「証拠一式」を作成してください。',
    },
    exportWrong: {
      heading: '書き出しの一覧と一致しません',
      text: '下に示すファイルが、書き出しに添えられたmanifest.jsonの記載と一致しません。もう一度書き出してください。',
    },
    exportWithoutAudio: {
      heading: '音声がありません',
      text: 'この書き出しのmanifest.jsonには、音声のファイルが1つも記載されていません。音声については何も確かめていません。',
    },
    unreadable: {
      heading: '読み取れません',
      text: 'ZIPファイルとして読み取れません。途中で切れているか、壊れています。もう一度入手してください。',
    },
    empty: {
      heading: '証拠一式ではありません',
      text: 'manifest.jsonまたは証明のファイルが見つかりません。証拠一式のZIPファイルか、その中のファイル全部を選んでください。',
    },
    outdated: {
      heading: 'このブラウザーでは検証できません',
      text: 'ブラウザーが古いため検証できません。新しいMicrosoft Edge、Google Chrome、Firefoxのいずれかで開くか、「読み方.txt」の手作業の手順で検証してください。',
    },
  },
  checksHeading: '確かめたこと',
  outcome: { passed: '正しい', failed: '正しくない', waits: '確認できない' },
  check: {
    key: '公開鍵が読み取れること',
    recording: '録音の記録が、署名された操作記録ログに含まれること',
    audio: '音声が、ログに記録されたものと1ビットも違わないこと',
    manifest: '通話の情報(manifest.json)が、作成時にログに記録されたものであること',
    files: 'その他のファイルが、manifest.jsonの記載どおりであること',
    timestamp: 'タイムスタンプが、この操作記録ログに対するものであること',
  },
  problem: {
    missing: '{part} がありません。',
    changed: '{part} の内容が変わっています。',
    unreadable: '{part} が読み取れません。内容が変わっているか、壊れています。',
    'other-key': '{part} の署名は、公開鍵.txt とは別の鍵によるものです。',
    'bad-signature': '{part} の署名が合いません。署名されたチェックポイントが変わっています。',
    'other-log': '{part} のチェックポイントは、公開鍵.txt の装置とは別の装置のものです。',
    'not-in-log': '{part} の内容は、署名された操作記録ログに含まれていません。証明または記録が変わっています。',
    'not-the-logged-one': '{part} は、ログに記録されたものと一致しません。内容が変わっています。',
    'not-the-logged-recording': '{part} は、manifest.json とは別の録音のものです。',
    'other-checkpoint': '{part} は、この録音の証明とは別のチェックポイントに対するものです。',
  },
  unknown: '次のファイルは証拠一式に含まれないため、検証していません: {parts}',
  exportCounts: '一覧の通話 {recordings} 件、うち音声のあるもの {audio} 件。',
  exportUnknown: '次のファイルは一覧に記載がないため、検証していません: {parts}',
  keyHeading: '署名した装置',
  keyAdvice:
    '公開鍵は証拠一式と一緒に届くため、それだけでは本物の装置の鍵とは限りません。この指紋を、役所に電話などの別の手段で確認してください。',
  keyName: '装置の名前',
  fingerprint: '鍵の指紋',
  compare: '役所から聞いた指紋(入力すると比べます)',
  compareSame: '指紋が一致しました。',
  compareOther: '指紋が一致しません。入力の誤りでなければ、この証拠一式は役所の装置で作られたものではありません。',
  factsHeading: '録音の記録(検証済み)',
  facts: {
    recordingStart: '録音の開始',
    duration: '録音の長さ',
    completeness: '完全性',
    missing: '欠けている長さ',
    direction: '種別',
    number: '相手番号',
    dialled: '着信番号',
    desk: '窓口',
    phone: '電話機',
    audioHash: '音声のSHA-256',
    recordingId: '録音ID',
    callId: '通話ID',
    logPlace: 'ログの位置',
    createdAt: '証拠一式の作成',
    createdBy: '作成者',
    reason: '作成の理由',
  },
  completeness: { complete: '完全', partial: '一部欠け', none: 'なし' },
  direction: { incoming: '着信', outgoing: '発信', internal: '内線' },
  withheld: '非通知または不明',
  seconds: '{seconds} 秒',
  logPlace: '{index} 番の葉(全 {size} 枚)',
  limitsHeading: 'この検証で分からないこと',
  limits: [
    '話している人が誰か、話した内容が事実かどうか。',
    '録音装置に届く前の音声に手が加えられていないか。',
    '公開鍵が本当に役所の装置のものか(指紋を別の手段で確認してください)。',
    '装置の時計が正しかったか。',
  ],
  vouchersHeading: '外部の裏付け',
  timestamp: 'タイムスタンプ(RFC 3161)',
  timestampUnread: 'あり(時刻と発行者は、この画面では読み取れません)',
  timestampAdvice:
    'タイムスタンプの時刻と発行者は、タイムスタンプ自身の記載です。発行者の署名は、この画面では確かめていません。確かめるには、発行者の証明書を入手し、「読み方.txt」の手順8を行ってください。',
  cosignature: '証人の署名',
  cosigned: '署名を公開鍵.txtの鍵で確かめました',
  cosignatureUnchecked: '確かめていません(公開鍵.txtに鍵がありません)',
  cosignatureAdvice: '証人の鍵も証拠一式と一緒に届きます。証人の名前と鍵IDを、その証人に別の手段で確認してください。',
  verifiedAt: '検証した日時(このパソコンの時計)',
};

const en: Words = {
  title: 'Verification of a call-recording evidence package',
  intro:
    'This page checks, on this computer alone, whether an evidence package (ZIP) is as the recording box made it. It uses no network and sends nothing anywhere.',
  choose: 'Choose files',
  drop: 'Drop the ZIP of the evidence package, or all the files unpacked from it, here.',
  otherLanguage: '日本語',
  working: 'Verifying… {percent} %',
  print: 'Print the result',
  verdict: {
    correct: {
      heading: 'Correct',
      text: 'Not one bit of the recording and its record has changed since the box signed them. Ask the office about the key fingerprint below to make sure that the box is theirs.',
    },
    wrong: {
      heading: 'Not correct',
      text: 'This is not what the recording box signed. The files named below are no evidence. Obtain the package again.',
    },
    exportCorrect: {
      heading: 'As listed in the export',
      text: 'Every file is as the manifest.json of this export says. An export is not signed, though: for evidence, have an evidence package made on the page of the call.',
    },
    exportWrong: {
      heading: 'Not as listed in the export',
      text: 'The files named below are not as the manifest.json of this export says. Export them again.',
    },
    exportWithoutAudio: {
      heading: 'No audio',
      text: 'The manifest.json of this export lists no audio at all. Nothing was checked about audio.',
    },
    unreadable: {
      heading: 'Unreadable',
      text: 'This is no readable ZIP file: it is cut off or damaged. Obtain it again.',
    },
    empty: {
      heading: 'Not an evidence package',
      text: 'There is no manifest.json, or no proof. Choose the ZIP of an evidence package, or all the files in it.',
    },
    outdated: {
      heading: 'This browser cannot verify',
      text: 'This browser is too old. Use a recent Microsoft Edge, Google Chrome or Firefox, or verify by hand as how-to.txt says.',
    },
  },
  checksHeading: 'What was checked',
  outcome: { passed: 'Correct', failed: 'Not correct', waits: 'Cannot be told' },
  check: {
    key: 'The public key can be read',
    recording: 'The record of the recording is in the signed log',
    audio: 'The audio is, bit by bit, what the log says',
    manifest: 'The facts of the call (manifest.json) are what was logged when the package was made',
    files: 'The other files are as manifest.json says',
    timestamp: 'The time stamp is over this signed log',
  },
  problem: {
    missing: '{part} is missing.',
    changed: '{part} has been changed.',
    unreadable: '{part} cannot be read: changed or damaged.',
    'other-key': '{part} is signed by another key than that of 公開鍵.txt.',
    'bad-signature': 'The signature in {part} does not fit: the signed checkpoint has been changed.',
    'other-log': 'The checkpoint in {part} is of another box than that of 公開鍵.txt.',
    'not-in-log': 'What {part} shows is not in the signed log: the proof or the record has been changed.',
    'not-the-logged-one': '{part} is not the one in the log: it has been changed.',
    'not-the-logged-recording': '{part} is of another recording than manifest.json.',
    'other-checkpoint': '{part} is over another checkpoint than that of the recording’s proof.',
  },
  unknown: 'These files are no part of the package and were not checked: {parts}',
  exportCounts: 'Calls in the list: {recordings}, with audio: {audio}.',
  exportUnknown: 'These files are not in the list and were not checked: {parts}',
  keyHeading: 'The box that signed',
  keyAdvice:
    'The key comes with the package, so by itself it need not be that of the office. Compare this fingerprint with the office by another way, such as the telephone.',
  keyName: 'Name of the box',
  fingerprint: 'Key fingerprint',
  compare: 'Fingerprint that the office told you (compared as you type)',
  compareSame: 'The fingerprints are the same.',
  compareOther: 'The fingerprints differ. Unless mistyped, this package was not made by the office’s box.',
  factsHeading: 'The record (verified)',
  facts: {
    recordingStart: 'Recording began',
    duration: 'Length',
    completeness: 'Completeness',
    missing: 'Missing',
    direction: 'Direction',
    number: 'Number of the other party',
    dialled: 'Number dialled',
    desk: 'Desk',
    phone: 'Phone',
    audioHash: 'SHA-256 of the audio',
    recordingId: 'Recording',
    callId: 'Call',
    logPlace: 'Place in the log',
    createdAt: 'Package made',
    createdBy: 'Made by',
    reason: 'Reason given',
  },
  completeness: { complete: 'complete', partial: 'partial', none: 'none' },
  direction: { incoming: 'incoming', outgoing: 'outgoing', internal: 'internal' },
  withheld: 'withheld or unknown',
  seconds: '{seconds} s',
  logPlace: 'leaf {index} of {size}',
  limitsHeading: 'What this does not show',
  limits: [
    'Who is speaking, and whether what they say is true.',
    'Whether the sound was tampered with before it reached the box.',
    'Whether the key is really that of the office: compare the fingerprint by another way.',
    'Whether the clock of the box was right.',
  ],
  vouchersHeading: 'Vouched for by others',
  timestamp: 'Time stamp (RFC 3161)',
  timestampUnread: 'Present (this page cannot read its time and authority)',
  timestampAdvice:
    'Time and authority are what the time stamp says of itself: this page has not checked the authority’s signature. To do so, get the authority’s certificate and take step 8 of how-to.txt.',
  cosignature: 'Signature of a witness',
  cosigned: 'verified with the key in 公開鍵.txt',
  cosignatureUnchecked: 'not checked (its key is not in 公開鍵.txt)',
  cosignatureAdvice:
    'The keys of witnesses come with the package too. Compare name and key ID with the witness by another way.',
  verifiedAt: 'Verified at (clock of this computer)',
};

export const WORDS: Record<Language, Words> = { ja, en };

/** Puts values in the place of `{name}`. */
export const fill = (text: string, values: Record<string, string | number>) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
