import { type HealthStatus } from '../health/health.schema.ts';
import { type WitnessFailure } from './witness/checkpoint-witnessing.service.ts';
import { WitnessDisagreesError } from './witness/witness-client.ts';

export interface VouchingFinding {
  status: HealthStatus;
  detail: string | null;
}

const WELL: VouchingFinding = { status: 'ok', detail: null };
const LOG_GOES_ON = '操作記録ログの署名は続いています。自動で再試行します。';

/** @param failure why the newest checkpoint has no time stamp, or null */
export function timestampFinding(failure: unknown): VouchingFinding {
  if (failure === null) return WELL;
  const detail = `タイムスタンプを取得できません(${wordsOf(failure)})。${LOG_GOES_ON}`;
  return { status: 'degraded', detail };
}

/** What the log's witnesses say. One that disagrees has seen another history: nothing is more serious. */
export function witnessFinding(failures: readonly WitnessFailure[]): VouchingFinding {
  for (const { error } of failures) {
    if (!(error instanceof WitnessDisagreesError)) continue;
    const { witness, witnessedSize, size } = error;
    const detail = `立会い装置 ${witness} が署名を拒否しました。同装置が立ち会った${witnessedSize}件時点の記録と、この装置の${size}件時点の記録がつながりません。操作記録ログが書き換えられたか、古い状態に戻された可能性があります。`;
    return { status: 'down', detail };
  }
  if (failures.length === 0) return WELL;
  const names = failures.map(({ witness, error }) => `${witness}: ${wordsOf(error)}`).join('、');
  return { status: 'degraded', detail: `立会いの署名を得られません(${names})。${LOG_GOES_ON}` };
}

/** What this box has seen as a witness of other boxes. */
export function witnessedLogsFinding(forked: readonly string[]): VouchingFinding {
  if (forked.length === 0) return WELL;
  const detail = `${forked.join('、')} の操作記録ログに、同じ件数で内容の異なる2つの署名があります。その装置の管理者に連絡してください。証拠は操作記録(witness.fork)にあります。`;
  return { status: 'degraded', detail };
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
