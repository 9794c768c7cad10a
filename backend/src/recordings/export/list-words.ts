import type { CallOutcome } from '../../calls/call.schema.ts';
import type { Presentation } from '../../calls/journal.schema.ts';
import type { Completeness, IncompleteReason } from '../recording.schema.ts';
import type { NotExported } from './export-manifest.schema.ts';

/** The list's words, those of the console: the list leaves the box and is read by people who never saw it. */
export const DIRECTION = { incoming: '着信', outgoing: '発信', internal: '内線' } as const;

export const NO_NUMBER: Record<Presentation, string> = {
  shown: '番号不明',
  withheld: '非通知',
  payphone: '公衆電話',
  unavailable: '表示圏外',
};

export const OUTCOME: Record<CallOutcome, string> = {
  answered: '応答',
  unanswered: '応答なし',
  abandoned: '応答前に切断',
  forwarded: '外部に転送',
  message: '用件録音',
  closed: '時間外',
  refused: '着信拒否',
  failed: '接続失敗',
};

export const COMPLETENESS: Record<Completeness, string> = { complete: '完全', partial: '一部欠け', none: 'なし' };

export const INCOMPLETE: Record<IncompleteReason, string> = {
  'no-audio': '音声なし',
  'file-missing': 'ファイルなし',
  short: '通話より短い',
  interrupted: '途中で停止',
  'not-recorded': '録音対象外',
  'not-kept': '保存の指示なし',
  paused: '一時停止',
  refused: '着信拒否',
  'disk-full': '空き容量不足',
  'write-failed': '書き込み失敗',
  'recorder-failed': '録音の停止',
  'clock-lost': '時刻の記録なし',
};

export const NOT_EXPORTED: Record<NotExported, string> = {
  'no-recording': '録音なし',
  'not-sealed': '保存処理中のため書き出せません',
  deleted: '削除済み',
  'file-missing': '録音庫にファイルがありません',
  'file-damaged': '録音庫のファイルが壊れています',
  'key-unusable': '録音の鍵が使えません',
  'conversion-failed': '音声を変換できませんでした(途中までのファイルは使わないでください)',
};
