import type { HealthStatus } from '../../health/health.schema.ts';
import type { ReconciliationFindingKind, ReconciliationSummary } from './reconciliation.schema.ts';

const WORDS: Record<ReconciliationFindingKind, string> = {
  'file-missing': 'ファイルのない録音',
  'size-differs': '大きさの違うファイル',
  'content-differs': '内容の違うファイル',
  'key-missing': '鍵のない録音',
  'file-without-recording': '記録のないファイル',
  'key-without-recording': '録音のない鍵',
  'left-by-deletion': '削除後に残ったもの',
  'call-without-recording': '録音の結果がない通話',
  'left-in-spool': '録音スプールの残り',
};

/** What the health page says of the last reconciliation. @param last null = there was none yet */
export function reconciliationFinding(last: ReconciliationSummary | null): {
  status: HealthStatus;
  detail: string | null;
} {
  if (last === null) return { status: 'ok', detail: null };
  if (last.state === 'refused') {
    return { status: 'degraded', detail: '録音庫のディスクが確認できないため、照合を行いませんでした。' };
  }
  if (last.state === 'failed' || last.counts === null) {
    return { status: 'degraded', detail: '直近の照合が途中で止まりました。次の夜間にもう一度行います。' };
  }
  const { found, rows, files } = last.counts;
  const told = Object.entries(found).map(([kind, count]) => `${WORDS[kind as ReconciliationFindingKind]} ${count}件`);
  if (last.state === 'braked') {
    const detail = `照合で食い違いが多すぎるため、何も変更せずに止めました(${told.join('、')})。別のディスクが接続されているか、古いデータベースの可能性があります。`;
    return { status: 'down', detail };
  }
  if (told.length === 0) return { status: 'ok', detail: `録音${rows}件とファイル${files}件が一致しています。` };
  return { status: 'degraded', detail: `照合で食い違いが見つかりました: ${told.join('、')}。` };
}
