import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HealthReportRepository } from '../../health/health-report.repository.ts';
import type { HealthStatus } from '../../health/health.schema.ts';
import { MasterKeyUnusableError } from '../encryption/key.errors.ts';
import { RecordingKeys } from '../encryption/recording-keys.service.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { StoreFailedError, StoreRefusedError } from '../vault/recording-store.ts';
import type { SealingTrouble } from '../recording.schema.ts';
import { type QueueState, SealingQueue } from './sealing-queue.service.ts';
import { VaultCheck } from '../vault/vault-check.service.ts';
import { Vault } from '../vault/vault.ts';

const REPORT_EVERY_MS = 5000;
/** What is wrong should be known to be over as soon as it is, e.g. after a restart. */
const REPORT_WHILE_UNWELL_MS = 1000;

/** Well before its last report is too old to be believed. */
const CHECK_MS = 8000;

const SPOOL_KEEPS = '新しい録音は録音スプールに残ります。';

export interface Finding {
  status: HealthStatus;
  detail: string | null;
}

const TROUBLE_TEXT: Record<SealingTrouble, string> = {
  'vault-full': '録音庫の空き容量がありません',
  'vault-refused': '録音庫のディスクが確認できません',
  'vault-failed': '録音庫に書き込めません',
  'vault-file-damaged': '録音庫のファイルが壊れているか、見つかりません',
  'vault-key-unusable': '録音を暗号化する鍵が使えません',
  'encoder-failed': '音声の変換に失敗しました',
  'spool-failed': '録音スプールのファイルを処理できません',
  internal: '内部エラーが起きています',
};

/** What the worker says of itself. */
export function workerFinding({ failing, trouble, spool }: QueueState, brakedCalls: number): Finding {
  if (spool !== null) return { status: 'degraded', detail: '録音スプールを読み取れません。' };
  if (failing > 0 && trouble !== null) {
    const detail = `${TROUBLE_TEXT[trouble]}(保存待ち${failing}件)。音声は録音スプールに残っており、自動で再試行します。`;
    return { status: 'degraded', detail };
  }
  if (brakedCalls > 0) {
    const detail = `録音のない通話が一度に${brakedCalls}件以上見つかりました。録音スプールのディスクを確認してください。`;
    return { status: 'degraded', detail };
  }
  return { status: 'ok', detail: null };
}

/**
 * @param refusal why the vault refuses to be written, or null
 * @param place what it is and where
 */
export function vaultFinding(refusal: unknown, damagedFiles: number, place: string): Finding {
  if (refusal instanceof StoreRefusedError) {
    const detail = `${refusal.message}${SPOOL_KEEPS}録音庫が戻ると自動で保存します。(${place})`;
    return { status: 'down', detail };
  }
  if (refusal !== null) {
    const detail = `録音庫に接続できないか、読み書きできません。ディスクまたはオブジェクトストレージを確認してください。${SPOOL_KEEPS}直ると自動で保存します。(${place})`;
    return { status: 'down', detail };
  }
  if (damagedFiles === 0) return { status: 'ok', detail: place };
  return {
    status: 'degraded',
    detail: `録音ファイルが見つからない、または壊れている録音が${damagedFiles}件あります。`,
  };
}

const SEALED_WITH_KEY = `${SPOOL_KEEPS}鍵が戻ると自動で暗号化して保存します。`;

const keyText = ({ id, older }: { id: string; older: number }) =>
  older === 0 ? `鍵番号 ${id}` : `鍵番号 ${id}(以前の鍵${older}個を保管中)`;

/**
 * @param problem why the keys cannot be looked at, or null
 * @param missing ids of master keys that recordings need and the box does not have
 * @param inForce the master key that new recordings depend on
 */
export function vaultKeyFinding(
  problem: unknown,
  missing: readonly string[],
  inForce: { id: string; older: number } | null = null,
): Finding {
  if (problem instanceof MasterKeyUnusableError)
    return { status: 'down', detail: `${problem.message}${SEALED_WITH_KEY}` };
  if (problem !== null) {
    return { status: 'down', detail: `録音の鍵を読み取れません。システム管理者に連絡してください。${SEALED_WITH_KEY}` };
  }
  if (missing.length === 0) return { status: 'ok', detail: inForce && keyText(inForce) };
  const detail = `録音を開くためのマスター鍵(鍵番号 ${missing.join('、')})がありません。その番号の復旧シートから鍵を戻してください。録音は失われていません。${SEALED_WITH_KEY}`;
  return { status: 'down', detail };
}

/** Reports the checks `worker`, `vault` and `vault-key` for as long as the worker runs. */
@Injectable()
export class WorkerHealth implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly queue: SealingQueue,
    private readonly vaultCheck: VaultCheck,
    private readonly vault: Vault,
    private readonly keys: RecordingKeys,
    private readonly recordings: RecordingRepository,
    private readonly reports: HealthReportRepository,
  ) {}

  onApplicationBootstrap(): void {
    void this.keepReporting();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async keepReporting(): Promise<void> {
    const well = await this.report().catch(() => false);
    const nextMs = well ? REPORT_EVERY_MS : REPORT_WHILE_UNWELL_MS;
    if (!this.stopped) this.timer = setTimeout(() => void this.keepReporting(), nextMs);
  }

  /** @returns whether everything is well */
  async report(): Promise<boolean> {
    const worker = workerFinding(this.queue.state(), this.vaultCheck.brakedCalls);
    await this.reports.report('worker', worker.status, worker.detail);
    const refusal = await this.checkVault().then(
      () => null,
      (error: unknown) => error,
    );
    const vault = vaultFinding(refusal, await this.recordings.countDamaged(), this.vault.place);
    await this.reports.report('vault', vault.status, vault.detail);
    const vaultKey = await Promise.all([this.keys.missingMasterKeys(), this.keys.masterKeyInForce()]).then(
      ([missing, inForce]) => vaultKeyFinding(null, missing, inForce),
      (error: unknown) => vaultKeyFinding(error, []),
    );
    await this.reports.report('vault-key', vaultKey.status, vaultKey.detail);
    return [worker, vault, vaultKey].every(({ status }) => status === 'ok');
  }

  /** A store that does not answer must not keep the others from being reported. */
  private async checkVault(): Promise<void> {
    const patience = new AbortController();
    const tooLong = delay(CHECK_MS, null, { signal: patience.signal }).then(() => {
      throw new StoreFailedError(`the store has not answered for ${CHECK_MS} ms`);
    });
    await Promise.race([this.vault.check(), tooLong]).finally(() => {
      tooLong.catch(() => undefined);
      patience.abort();
    });
  }
}
