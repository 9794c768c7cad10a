import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { InconsistentLogError } from './audit-log.errors.ts';
import { CheckpointFiles } from './checkpoint-files.ts';
import { type Checkpoint, openCheckpoint, signCheckpoint } from './log/checkpoint.ts';
import { hashLeaf, TreeEdge } from './log/merkle.ts';
import { ed25519Verifier, type NoteVerifier } from './log/note.ts';
import { LogKey } from './log-key.ts';
import { MissingNodeError } from './log-nodes.repository.ts';
import { type ExclusiveLog, LogRepository, type StoredCheckpoint } from './log.repository.ts';

const PAGE = 2000;

/**
 * Signs the log as it stands, once it is seen to continue what was signed before: "a log MUST not sign any checkpoint
 * which is inconsistent with any checkpoint it previously signed" (c2sp.org/tlog-checkpoint).
 */
@Injectable()
export class CheckpointSigner {
  constructor(
    private readonly log: LogRepository,
    private readonly files: CheckpointFiles,
    private readonly key: LogKey,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the newest checkpoint, which covers every leaf there is; `nothing` when there are no leaves or the site has
   *   no id yet; `busy` when another worker is at the log
   * @throws InconsistentLogError, and then nothing is signed
   */
  async sign(): Promise<StoredCheckpoint | 'nothing' | 'busy'> {
    try {
      return (await this.log.exclusively((log) => this.signExclusively(log))) ?? 'busy';
    } catch (error) {
      if (!(error instanceof MissingNodeError)) throw error;
      throw new InconsistentLogError(`ログの節 ${error.level}/${error.index} がありません。`);
    }
  }

  private async signExclusively(log: ExclusiveLog): Promise<StoredCheckpoint | 'nothing'> {
    const signer = await this.key.signer();
    if (!signer) return 'nothing';
    const verifier = ed25519Verifier(signer.verifierKey);
    const known = [await this.newestFile(), await log.newestCheckpoint()].flatMap((stored) =>
      stored ? [{ ...opened(stored, verifier), note: stored.note }] : [],
    );
    const size = await log.size();
    for (const checkpoint of known) await refuseOtherHistory(log, checkpoint, size);
    const last = known.reduce<(typeof known)[number] | null>((a, b) => (a && a.size >= b.size ? a : b), null);
    const root = await rootContinuing(log, last?.size ?? 0, size);
    if (size === 0) return 'nothing';
    const note = last?.size === size ? last.note : signCheckpoint({ origin: signer.keyName, size, root }, [signer]);
    // The file first: killed in between, the next run finds it there and makes up for the row.
    if (last?.size !== size) await this.files.write(size, note);
    await log.addCheckpoint({ size, note }, this.clock.now());
    return { size, note };
  }

  private async newestFile(): Promise<StoredCheckpoint | null> {
    const size = (await this.files.sizes()).at(-1);
    const note = size === undefined ? null : await this.files.read(size);
    return size === undefined || note === null ? null : { size, note };
  }
}

function opened({ size, note }: StoredCheckpoint, verifier: NoteVerifier): Checkpoint {
  try {
    const { checkpoint } = openCheckpoint(note, { origin: verifier.keyName, keys: [verifier] });
    if (checkpoint.size === size) return checkpoint;
  } catch {
    // Told below: whichever way it is broken, it is none of ours any more.
  }
  throw new InconsistentLogError(`最新の署名(${size}件時点)が壊れているか、この装置のものではありません。`);
}

async function refuseOtherHistory(log: ExclusiveLog, { size, root }: Checkpoint, now: number): Promise<void> {
  if (now < size) throw new InconsistentLogError(`署名時に${size}件あった記録が${now}件しかありません。`);
  if (!(await log.edge(size)).root().equals(root)) {
    throw new InconsistentLogError(`最初の${size}件が、署名した時の記録と異なります。`);
  }
}

/** Makes the root anew from what was signed and the bytes of every leaf since, so that nothing else can be signed. */
async function rootContinuing(log: ExclusiveLog, from: number, to: number): Promise<Buffer> {
  const edge = from === 0 ? TreeEdge.empty() : await log.edge(from);
  while (edge.size < to) {
    const leaves = await log.leaves(edge.size, Math.min(PAGE, to - edge.size));
    if (leaves.length === 0) throw new InconsistentLogError(`ログの${edge.size}番の葉がありません。`);
    for (const { index, leaf, hash } of leaves) {
      if (index !== edge.size) throw new InconsistentLogError(`ログの${edge.size}番の葉がありません。`);
      if (!hashLeaf(leaf).equals(hash)) throw new InconsistentLogError(`ログの${index}番の葉が書き換えられています。`);
      edge.append(hash);
    }
  }
  const stored = await log.edge(to);
  if (!stored.root().equals(edge.root())) {
    throw new InconsistentLogError(`${from}番から${to}番までのログの節が、葉と一致しません。`);
  }
  return edge.root();
}
