import { Injectable } from '@nestjs/common';
import { AudioVerification } from '../recordings/vault/audio-verification.ts';
import { type AuditFinding, type AuditVerify, type VerificationLine } from './audit.schema.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { verifyCheckpoints } from './checkpoint-verification.ts';
import { type Checkpoint } from './log/checkpoint.ts';
import { checkHistory } from './log/compare.ts';
import { TreeEdge } from './log/merkle.ts';
import { LogProofs } from './log-proofs.service.ts';
import { LogReadingRepository, type LogSnapshot } from './log-reading.repository.ts';
import { believedLeaves, leafFindings, lookUpNodes, nodeFindings } from './page-verification.ts';
import { VoucherVerification } from './voucher-verification.ts';
import { RecordVerification } from './record-verification.ts';

/** Leaves looked at in one go: what the memory it takes depends on, whatever the size of the log. */
const PAGE = 2000;
/** Recordings between two signs of life. */
const AUDIO_PROGRESS = 50;

type Tell = (line: VerificationLine) => Promise<boolean>;
type Report = (finding: AuditFinding) => Promise<boolean>;
type Progress = (leaves: number) => Promise<boolean>;

/**
 * Holds the rows against the log, the log against its tree, and the tree against every checkpoint in the database and in
 * files; all in one unchanging view of the database and in memory that does not grow with the log.
 */
@Injectable()
export class LogVerification {
  constructor(
    private readonly reading: LogReadingRepository,
    private readonly files: CheckpointFiles,
    private readonly proofs: LogProofs,
    private readonly vouchers: VoucherVerification,
    private readonly audio: AudioVerification,
  ) {}

  /**
   * @param tell gets each line as soon as it is known; a false answer ends the verification
   */
  async run({ limit, audio }: AuditVerify, tell: Tell): Promise<void> {
    const report = new Findings(limit, tell);
    const log = await this.verifyLog(report);
    // Not in the unchanging view: nothing must hold one for the hours that a full vault may take.
    const recordings = audio && report.goesOn ? await this.verifyAudio(report) : null;
    const complete = report.goesOn;
    if (report.isHeard) await tell({ type: 'end', intact: report.found === 0, complete, ...log, recordings });
  }

  private async verifyLog(findings: Findings) {
    // Listed first: whatever was signed by then has to agree with the view that is taken next.
    const fileSizes = await this.files.sizes();
    await this.reading.afterThoseUnderWay();
    return this.reading.inSnapshot(async (log) => {
      const { size, lastEvent, waitingEvents } = await log.bounds();
      const key = await this.proofs.verifierKey();
      const checkpoints = await log.checkpoints();
      const signed = await verifyCheckpoints(checkpoints, this.files, fileSizes, key);
      const notes = new Map(checkpoints.map(({ size: of, note }) => [of, note]));
      const report: Report = (finding) => findings.report(finding);
      const progress: Progress = (leaves) => findings.tell({ type: 'progress', leaves, of: size });
      const records = new RecordVerification(log, lastEvent, await log.recordingsAhead(lastEvent));
      await ((await reportAll(signed.findings, report)) &&
        (await reportAll(await this.vouchers.verify(await log.vouchers(), notes), report)) &&
        (await verifyHistory(log, signed.checkpoints, report)) &&
        (await verifyLeaves(log, size, records, report, progress)) &&
        (await reportAll(await records.strays(findings.limit), report)) &&
        reportAll(await surplusNodes(log, size, findings.limit), report));
      const unsignedLeaves = Math.max(0, size - (signed.checkpoints.at(-1)?.size ?? 0));
      return { leaves: size, checkpoints: signed.checkpoints.length, unsignedLeaves, waitingEvents };
    });
  }

  /** @returns how many recordings were looked at */
  private async verifyAudio(findings: Findings): Promise<number> {
    let recordings = 0;
    for await (const found of this.audio.all()) {
      recordings++;
      const goesOn = found
        ? await findings.report({ what: 'audio', ...found })
        : recordings % AUDIO_PROGRESS !== 0 || (await findings.tell({ type: 'audio-progress', recordings }));
      if (!goesOn) break;
    }
    return recordings;
  }
}

/** What was found so far, told to who listens until they have gone or had enough. */
class Findings {
  found = 0;
  isHeard = true;

  constructor(
    readonly limit: number,
    private readonly to: Tell,
  ) {}

  get goesOn(): boolean {
    return this.isHeard && this.found < this.limit;
  }

  async report(finding: AuditFinding): Promise<boolean> {
    this.found++;
    await this.tell({ type: 'finding', finding });
    return this.goesOn;
  }

  async tell(line: VerificationLine): Promise<boolean> {
    this.isHeard &&= await this.to(line);
    return this.isHeard;
  }
}

async function reportAll(findings: readonly AuditFinding[], report: Report): Promise<boolean> {
  for (const finding of findings) if (!(await report(finding))) return false;
  return true;
}

async function verifyHistory(log: LogSnapshot, checkpoints: readonly Checkpoint[], report: Report): Promise<boolean> {
  const rewritten = await checkHistory(loggedHashes(log), checkpoints);
  return rewritten === null || report({ what: 'history', ...rewritten });
}

async function* loggedHashes(log: LogSnapshot): AsyncIterable<Buffer> {
  for (let from = 0; ;) {
    const page = await log.hashes(from, PAGE);
    for (const { hash } of page) yield hash;
    const last = page.at(-1);
    if (!last) return;
    from = last.index + 1;
  }
}

/** Leaves, the nodes above them and the rows they are of, page by page. */
async function verifyLeaves(
  log: LogSnapshot,
  size: number,
  records: RecordVerification,
  report: Report,
  progress: Progress,
): Promise<boolean> {
  const edge = TreeEdge.empty();
  for (let from = 0; from < size; from += PAGE) {
    const to = Math.min(from + PAGE, size);
    const rows = await log.leaves(from, to);
    const leaves = believedLeaves(rows, await lookUpNodes(log, from, to), from, to);
    const findings = [
      ...leafFindings(rows, leaves),
      ...(await nodeFindings(log, edge, leaves)),
      ...(await records.page(leaves, to === size)),
    ];
    if (!(await reportAll(findings, report)) || !(await progress(to))) return false;
  }
  return reportAll(records.heldBack(), report);
}

async function surplusNodes(log: LogSnapshot, size: number, limit: number): Promise<AuditFinding[]> {
  const nodes = await log.surplusNodes(size, limit);
  return nodes.map((node) => ({ what: 'node', change: 'added', ...node }));
}
