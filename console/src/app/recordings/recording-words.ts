import {
  type CallSummary,
  type GapReason,
  type IncompleteReason,
  type RecorderHealth,
  type RecordingHint,
  type RecordingSummary,
  type SealingTrouble,
} from '../api/generated/models.ts';
import { type Sign } from '../calls/call-words.ts';

/** Why a recording is not whole: short for lists, in full with what it means for the detail. */
export const INCOMPLETE: Record<IncompleteReason, { short: string; full: string }> = {
  'no-audio': {
    short: $localize`:@@incomplete.noAudio.short:音声なし`,
    full: $localize`:@@incomplete.noAudio.full:通話中に音声が届きませんでした。外線や主装置の接続を確認してください。`,
  },
  'file-missing': {
    short: $localize`:@@incomplete.fileMissing.short:ファイルなし`,
    full: $localize`:@@incomplete.fileMissing.full:録音ファイルが見つかりませんでした。稼働状況の画面で保存先を確認し、管理者に連絡してください。`,
  },
  short: {
    short: $localize`:@@incomplete.short.short:通話より短い`,
    full: $localize`:@@incomplete.short.full:録音が通話の長さより短くなっています。前後または途中の音声が欠けている可能性があります。`,
  },
  interrupted: {
    short: $localize`:@@incomplete.interrupted.short:途中で停止`,
    full: $localize`:@@incomplete.interrupted.full:通話中に装置が停止しました。停止する直前(最大1秒)の音声が欠けている可能性があります。`,
  },
  'disk-full': {
    short: $localize`:@@incomplete.diskFull.short:空き容量不足`,
    full: $localize`:@@incomplete.diskFull.full:録音スプールの空き容量がなくなり、録音できない時間がありました。その間は無音になっています。`,
  },
  'write-failed': {
    short: $localize`:@@incomplete.writeFailed.short:書き込み失敗`,
    full: $localize`:@@incomplete.writeFailed.full:録音スプールに書き込めない時間がありました。その間は無音になっています。ディスクを確認してください。`,
  },
  'recorder-failed': {
    short: $localize`:@@incomplete.recorderFailed.short:録音の停止`,
    full: $localize`:@@incomplete.recorderFailed.full:通話中に録音が止まった時間がありました。その間は無音になっています。`,
  },
  'clock-lost': {
    short: $localize`:@@incomplete.clockLost.short:時刻の記録なし`,
    full: $localize`:@@incomplete.clockLost.full:録音の時刻の記録(.clockファイル)が失われたため、通話より短い分がどこで、なぜ欠けたのかが分かりません。録音された音声はすべて残っています。`,
  },
  'not-recorded': {
    short: $localize`:@@incomplete.notRecorded.short:録音対象外`,
    full: $localize`:@@incomplete.notRecorded.full:録音ルールにより、録音しない通話、または録音しない部分のある通話です。どのルールによるかは経過に表示しています。`,
  },
  'not-kept': {
    short: $localize`:@@incomplete.notKept.short:保存の指示なし`,
    full: $localize`:@@incomplete.notKept.full:指示のあったときだけ保存する録音ルールの通話です。通話が終わるまでに保存の指示がなかったため、録音は破棄されました。`,
  },
  paused: {
    short: $localize`:@@incomplete.paused.short:一時停止`,
    full: $localize`:@@incomplete.paused.full:職員が録音を一時停止した時間があります。その間は無音になっています。`,
  },
  refused: {
    short: $localize`:@@incomplete.refused.short:着信拒否`,
    full: $localize`:@@incomplete.refused.full:つながずに終えた着信のため、録音はありません。`,
  },
};

export const TROUBLE: Record<SealingTrouble, string> = {
  'vault-full': $localize`:@@trouble.vaultFull:録音庫の空き容量がありません。`,
  'vault-refused': $localize`:@@trouble.vaultRefused:録音庫のディスクを確認できません。`,
  'vault-failed': $localize`:@@trouble.vaultFailed:録音庫への書き込みに失敗しました。`,
  'vault-file-damaged': $localize`:@@trouble.vaultFileDamaged:書き込んだ録音が正しく読み戻せませんでした。`,
  'vault-key-unusable': $localize`:@@trouble.vaultKeyUnusable:録音を暗号化する鍵が使えません。`,
  'encoder-failed': $localize`:@@trouble.encoderFailed:音声の変換に失敗しました。`,
  'spool-failed': $localize`:@@trouble.spoolFailed:録音スプールを読み取れませんでした。`,
  internal: $localize`:@@trouble.internal:保存処理の内部で問題が起きました。`,
};

/** Why there is silence at a place of a recording at which perhaps nobody was silent. */
export const GAP: Record<GapReason, string> = {
  'before-media': $localize`:@@gap.beforeMedia:音声が届く前`,
  'no-media': $localize`:@@gap.noMedia:音声が届かなかった時間`,
  'after-media': $localize`:@@gap.afterMedia:音声が途絶えた後`,
  'not-recorded': $localize`:@@gap.notRecorded:録音ルールにより録音しない時間`,
  'not-kept': $localize`:@@gap.notKept:保存の指示がなく破棄した時間`,
  paused: $localize`:@@gap.paused:録音を一時停止した時間`,
  'recorder-restarted': $localize`:@@gap.recorderRestarted:転送による録音の切り替え`,
  'disk-full': $localize`:@@gap.diskFull:空き容量不足で録音できなかった時間`,
  'write-failed': $localize`:@@gap.writeFailed:書き込めず録音できなかった時間`,
  'recorder-failed': $localize`:@@gap.recorderFailed:録音が止まっていた時間`,
  interrupted: $localize`:@@gap.interrupted:装置の停止で録音できなかった時間`,
  unexplained: $localize`:@@gap.unexplained:録音がない時間(原因不明)`,
};

export const HINT: Record<RecordingHint, string> = {
  'left-missing': $localize`:@@hint.leftMissing:相手側の音声がまったく届いていません。外線の接続を確認してください。`,
  'right-missing': $localize`:@@hint.rightMissing:職員側の音声がまったく届いていません。電話機や主装置の接続を確認してください。`,
  'cut-by-transfer': $localize`:@@hint.cutByTransfer:転送の切り替えの間(1秒未満)は録音されていません。`,
  'left-silent': $localize`:@@hint.leftSilent:相手側の声が録音されていません(最初から最後まで無音です)。`,
  'right-silent': $localize`:@@hint.rightSilent:職員側の声が録音されていません(最初から最後まで無音です)。`,
};

export const RECORDER: Record<RecorderHealth, Sign> = {
  waiting: { label: $localize`:@@recorder.waiting:録音準備中`, icon: 'waiting', tone: '' },
  growing: { label: $localize`:@@recorder.growing:録音中`, icon: 'record', tone: 'success' },
  stalled: { label: $localize`:@@recorder.stalled:録音が止まっています`, icon: 'warning', tone: 'error' },
  paused: { label: $localize`:@@recorder.paused:録音を一時停止中`, icon: 'waiting', tone: 'warning' },
  off: { label: $localize`:@@recorder.off:録音対象外`, icon: 'stopped', tone: '' },
  stopped: { label: $localize`:@@recorder.stopped:録音していません`, icon: 'stopped', tone: 'error' },
};

/** The recording column: a measured fact while the call goes on, what became of it afterwards. */
export function recordingSign(call: Pick<CallSummary, 'state' | 'recorder' | 'recording'>): Sign {
  if (call.state !== 'ended') return RECORDER[call.recorder];
  return call.recording ? sealedSign(call.recording) : SEALING;
}

/** What decided that a recording goes. Rules not known here are called by their id. */
export function deletionRuleWords(rule: string): string {
  if (rule === 'by-hand') return $localize`:@@deletionRule.byHand:手動(個別の削除)`;
  const retentionClass = /^retention:(.+)$/.exec(rule)?.[1];
  return retentionClass === undefined
    ? rule
    : $localize`:@@deletionRule.retention:保存期間の満了(区分: ${retentionClass}:retentionClass:)`;
}

const DELETED: Sign = { label: $localize`:@@recording.deleted:削除済み`, icon: 'remove', tone: '' };

const SEALING: Sign = { label: $localize`:@@recording.sealing:処理中`, icon: 'waiting', tone: '' };

/** The office wanted it so: nothing has gone wrong. */
const WANTED = new Set<IncompleteReason>(['refused', 'not-recorded', 'not-kept', 'paused']);
const WITHHELD = { icon: 'stopped', tone: '' } as const;
const LOSS = { icon: 'warning', tone: 'warning' } as const;

function sealedSign({ state, completeness, reason }: RecordingSummary): Sign {
  if (state === 'sealing') return SEALING;
  if (state === 'deleted') return DELETED;
  if (state === 'none' || completeness === 'none') {
    const tone = reason !== null && WANTED.has(reason) ? '' : 'error';
    return { label: $localize`:@@recording.none:なし`, ...whyOf(reason), icon: 'stopped', tone };
  }
  if (completeness === 'partial') {
    const sign = reason !== null && WANTED.has(reason) ? WITHHELD : LOSS;
    return { label: $localize`:@@recording.partial:一部欠け`, ...whyOf(reason), ...sign };
  }
  return { label: $localize`:@@recording.complete:完全`, icon: 'success', tone: 'success' };
}

const whyOf = (reason: IncompleteReason | null) => (reason === null ? {} : { note: INCOMPLETE[reason].short });
