import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { Clock } from '../../platform/clock.ts';
import { DenwabanError } from '../../platform/errors.ts';
import { ciphertextSize } from '../encryption/chunked.ts';
import type { ListedFile } from '../vault/recording-store.ts';
import { RecordingRepository } from '../recording.repository.ts';
import { Spool } from '../spool/spool.ts';
import { Vault } from '../vault/vault.ts';
import { type HeldRecording, HoldingsRepository } from './holdings.repository.ts';
import { mustBrake } from './reconciliation-brake.ts';
import type {
  ReconciliationCounts,
  ReconciliationFinding,
  ReconciliationFindingKind,
  ReconciliationOrder,
} from './reconciliation.schema.ts';

export const QUARANTINE = 'quarantine/';
const PAGE = 500;
/** Decrypted as a whole in a run that is not thorough. */
const SAMPLE = 100;
/** Named in a report; beyond it they are only counted. */
const MOST_FINDINGS = 1000;
/** Long enough for any sealing with retries. */
const GRACE_MS = 3_600_000;

export interface Report {
  state: 'done' | 'braked';
  counts: ReconciliationCounts;
  findings: ReconciliationFinding[];
}

/** Gathers what does not agree: all of it counted, the first thousand named. */
class Findings {
  readonly named: ReconciliationFinding[] = [];
  readonly counts: ReconciliationCounts = {
    ...{ rows: 0, files: 0, contents: 0, found: {}, quarantined: 0, finishedDeletions: 0 },
  };

  add(kind: ReconciliationFindingKind, what: Partial<Omit<ReconciliationFinding, 'kind'>>): void {
    this.counts.found[kind] = (this.counts.found[kind] ?? 0) + 1;
    if (this.named.length < MOST_FINDINGS) {
      this.named.push({ kind, recordingId: null, callId: null, path: null, ...what });
    }
  }

  of(...kinds: ReconciliationFindingKind[]): ReconciliationFinding[] {
    return this.named.filter(({ kind }) => kinds.includes(kind));
  }
}

/**
 * 照合: holds rows, files, keys, calls and the spool against each other, both ways. Deletes nothing but what a deletion has
 * left: a file that nobody knows of may be the only copy of something, and is moved aside.
 */
@Injectable()
export class Reconciler {
  constructor(
    private readonly vault: Vault,
    private readonly spool: Spool,
    private readonly holdings: HoldingsRepository,
    private readonly recordings: RecordingRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws StoreRefusedError when the store is not the box's own: nothing was compared then
   * @throws StoreFailedError
   */
  async run({ dryRun, thorough }: ReconciliationOrder): Promise<Report> {
    await this.vault.check();
    const startedAt = this.clock.now();
    const longAgo = new Date(startedAt.getTime() - GRACE_MS);
    const found = new Findings();
    await this.list(found);
    await this.compareRows(found, startedAt, thorough ? null : await this.holdings.sample(SAMPLE));
    await this.findStrays(found);
    await this.compareCalls(found, longAgo);
    await this.holdings.forgetListing();
    // A disk that was taken away meanwhile has lost nothing.
    await this.vault.check();
    const { counts, named: findings } = found;
    if (mustBrake(counts)) return { state: 'braked', counts, findings };
    if (!dryRun) await this.act(found);
    return { state: 'done', counts, findings };
  }

  private async list({ counts }: Findings): Promise<void> {
    await this.holdings.forgetListing();
    let page: ListedFile[] = [];
    for await (const file of this.vault.list()) {
      if (!file.path.startsWith(QUARANTINE)) counts.files++;
      page.push(file);
      if (page.length < PAGE) continue;
      await this.holdings.addToListing(page);
      page = [];
    }
    await this.holdings.addToListing(page);
  }

  /** @param sample ids of those to be decrypted; null = all */
  private async compareRows(found: Findings, startedAt: Date, sample: ReadonlySet<string> | null): Promise<void> {
    let page: HeldRecording[] = [];
    do {
      page = await this.holdings.heldRecordings(startedAt, page.at(-1)?.id ?? null, PAGE);
      for (const row of page) {
        found.counts.rows++;
        const { id: recordingId, callId, path } = row;
        const kind = await this.differenceOf(row, sample === null || sample.has(row.id), found);
        if (kind) found.add(kind, { recordingId, callId, path });
      }
    } while (page.length === PAGE);
  }

  private async differenceOf(
    row: HeldRecording,
    decrypt: boolean,
    { counts }: Findings,
  ): Promise<ReconciliationFindingKind | null> {
    // Looked at once more: it may have been deleted or moved while the store was being listed.
    if (row.listedBytes === null) return (await this.isStillMissing(row)) ? 'file-missing' : null;
    if (row.listedBytes !== ciphertextSize(row.sizeBytes)) return 'size-differs';
    if (!row.hasKey) return 'key-missing';
    if (!decrypt) return null;
    counts.contents++;
    const whole = await this.vault.holds(row.id, row).catch((error: unknown) => {
      // Keys that are not at hand have a check of their own, and say nothing about the file.
      if (error instanceof DenwabanError) return true;
      throw error;
    });
    return whole || (await this.isGoneByNow(row)) ? null : 'content-differs';
  }

  private async isStillMissing(row: HeldRecording): Promise<boolean> {
    return !(await this.vault.has(row.path)) && !(await this.isGoneByNow(row));
  }

  private async isGoneByNow({ id, path }: HeldRecording): Promise<boolean> {
    const now = await this.recordings.findById(id);
    return now?.state !== 'sealed' || now.path !== path;
  }

  private async findStrays(found: Findings): Promise<void> {
    for (let after = '', more = true; more;) {
      const files = await this.holdings.strayFiles(QUARANTINE, after, PAGE);
      for (const { path, recordingId, isDeleted } of files) {
        found.add(isDeleted ? 'left-by-deletion' : 'file-without-recording', { path, recordingId });
      }
      after = files.at(-1)?.path ?? after;
      more = files.length === PAGE;
    }
    for (const { recordingId, isDeleted } of await this.holdings.strayKeys(MOST_FINDINGS)) {
      found.add(isDeleted ? 'left-by-deletion' : 'key-without-recording', { recordingId });
    }
  }

  private async compareCalls(found: Findings, longAgo: Date): Promise<void> {
    const inSpool = await this.spool.calls();
    for (const callId of await this.holdings.settledCalls(inSpool, longAgo)) found.add('left-in-spool', { callId });
    const waiting = new Set(inSpool);
    for (const callId of await this.holdings.callsWithoutRecording(longAgo, MOST_FINDINGS + waiting.size)) {
      if (!waiting.has(callId)) found.add('call-without-recording', { callId });
    }
  }

  private async act(found: Findings): Promise<void> {
    for (const { callId } of found.of('file-missing', 'size-differs', 'content-differs')) {
      if (callId !== null) await this.recordings.setTrouble(callId, 'vault-file-damaged');
    }
    for (const { recordingId, path } of found.of('left-by-deletion')) {
      if (recordingId === null) continue;
      await this.vault.destroyLeft(recordingId, path);
      found.counts.finishedDeletions++;
    }
    for (const { path } of found.of('file-without-recording')) {
      if (path === null || (await this.holdings.isNamed(path))) continue;
      await this.audit.record({ userId: null, action: 'vault.quarantine', detail: { path } });
      await this.vault.move(path, QUARANTINE + path);
      found.counts.quarantined++;
    }
  }
}
