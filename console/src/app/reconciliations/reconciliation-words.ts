import {
  type ReconciliationFindingKind,
  type ReconciliationState,
  type ReconciliationSummary,
} from '../api/generated/models.ts';
import { type Sign } from '../calls/call-words.ts';

/** What does not agree, what that means, and what to do about it. In the order in which it matters. */
export const FINDING_KINDS: Record<ReconciliationFindingKind, { name: string; meaning: string }> = {
  'file-missing': {
    name: $localize`:@@finding.fileMissing:ファイルのない録音`,
    meaning: $localize`:@@finding.fileMissingMeaning:録音の記録はありますが、録音庫にファイルがありません。録音庫のディスクの点検と、バックアップからの復元を検討してください。`,
  },
  'content-differs': {
    name: $localize`:@@finding.contentDiffers:内容の違うファイル`,
    meaning: $localize`:@@finding.contentDiffersMeaning:ファイルの内容が、保存したときと違います。ディスクの故障か、書き換えの可能性があります。バックアップからの復元を検討してください。`,
  },
  'size-differs': {
    name: $localize`:@@finding.sizeDiffers:大きさの違うファイル`,
    meaning: $localize`:@@finding.sizeDiffersMeaning:ファイルの大きさが、保存したときと違います。ディスクの故障か、書き換えの可能性があります。バックアップからの復元を検討してください。`,
  },
  'key-missing': {
    name: $localize`:@@finding.keyMissing:鍵のない録音`,
    meaning: $localize`:@@finding.keyMissingMeaning:ファイルを開く鍵がデータベースにないため、再生できません。データベースのバックアップからの復元を検討してください。`,
  },
  'call-without-recording': {
    name: $localize`:@@finding.callWithoutRecording:録音の結果がない通話`,
    meaning: $localize`:@@finding.callWithoutRecordingMeaning:終了して1時間以上たっても、録音の有無が決まっていません。稼働状況の画面で、録音の保存処理を確認してください。`,
  },
  'file-without-recording': {
    name: $localize`:@@finding.fileWithoutRecording:記録のないファイル`,
    meaning: $localize`:@@finding.fileWithoutRecordingMeaning:どの録音のものかわからないファイルです。「整理まで行う」と、録音庫の隔離フォルダー(quarantine)に移します。消しません。`,
  },
  'key-without-recording': {
    name: $localize`:@@finding.keyWithoutRecording:録音のない鍵`,
    meaning: $localize`:@@finding.keyWithoutRecordingMeaning:どの録音のものでもない鍵です。消さずに残します。`,
  },
  'left-by-deletion': {
    name: $localize`:@@finding.leftByDeletion:削除後に残ったもの`,
    meaning: $localize`:@@finding.leftByDeletionMeaning:削除した録音のファイルまたは鍵が残っています。「整理まで行う」と、削除を完了します。`,
  },
  'left-in-spool': {
    name: $localize`:@@finding.leftInSpool:録音スプールの残り`,
    meaning: $localize`:@@finding.leftInSpoolMeaning:保存の済んだ通話のファイルが、録音スプールに残っています。通常は自動で片付きます。`,
  },
};

export const KINDS = Object.keys(FINDING_KINDS) as ReconciliationFindingKind[];

const STATES: Record<Exclude<ReconciliationState, 'done'>, Sign> = {
  waiting: { label: $localize`:@@reconciliationState.waiting:順番待ち`, icon: 'waiting', tone: 'info' },
  running: { label: $localize`:@@reconciliationState.running:照合中`, icon: 'waiting', tone: 'info' },
  braked: { label: $localize`:@@reconciliationState.braked:変更せずに停止`, icon: 'error', tone: 'error' },
  refused: { label: $localize`:@@reconciliationState.refused:実行できず`, icon: 'warning', tone: 'warning' },
  failed: { label: $localize`:@@reconciliationState.failed:途中で中断`, icon: 'warning', tone: 'warning' },
};
const AGREES: Sign = { label: $localize`:@@reconciliationState.agrees:一致`, icon: 'success', tone: 'success' };
const DIFFERS: Sign = {
  label: $localize`:@@reconciliationState.differs:食い違いあり`,
  icon: 'warning',
  tone: 'warning',
};

/** How many things did not agree; 0 also before it has ended. */
export const foundIn = ({ counts }: Pick<ReconciliationSummary, 'counts'>): number =>
  Object.values(counts?.found ?? {}).reduce((sum, count) => sum + count, 0);

export const isUnderWay = ({ state }: Pick<ReconciliationSummary, 'state'>): boolean =>
  state === 'waiting' || state === 'running';

export function reconciliationSign(reconciliation: Pick<ReconciliationSummary, 'state' | 'counts'>): Sign {
  if (reconciliation.state !== 'done') return STATES[reconciliation.state];
  return foundIn(reconciliation) === 0 ? AGREES : DIFFERS;
}

/** Who wanted it. */
export function orderedBy({ wantedBy }: Pick<ReconciliationSummary, 'wantedBy'>): string {
  if (wantedBy === null) return $localize`:@@reconciliation.byNight:夜間の自動実行`;
  return wantedBy.name === '' ? wantedBy.id : wantedBy.name;
}

/** What it was to do. */
export function orderWords({ dryRun, thorough }: Pick<ReconciliationSummary, 'dryRun' | 'thorough'>): string {
  if (dryRun) {
    return thorough
      ? $localize`:@@reconciliation.dryThorough:確認のみ(全件を復号)`
      : $localize`:@@reconciliation.dry:確認のみ`;
  }
  return thorough
    ? $localize`:@@reconciliation.tidyThorough:整理まで(全件を復号)`
    : $localize`:@@reconciliation.tidy:整理まで`;
}
