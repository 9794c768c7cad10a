import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import { isMissing } from '../platform/file-errors.ts';
import { MessageSender } from '../platform/messages.ts';
import { Settings } from '../platform/settings.ts';
import { LogBrokenError, LogNotAnsweringError, NotLoggedYetError } from './audit-log.errors.ts';
import { type AuditCheckpoint } from './audit.schema.ts';
import { decodedOrNull } from './log/leaf.ts';
import { hashLeaf, inclusionProof } from './log/merkle.ts';
import { ed25519Verifier, type NoteVerifier } from './log/note.ts';
import { formatTlogProof, verifyTlogProof } from './log/tlog-proof.ts';
import { VERIFIER_KEY_FILE } from './log-key.ts';
import { type LoggedLeaf, LogReadingRepository, type StoredVouchers } from './log-reading.repository.ts';
import { type LoggedKind } from './logged-records.ts';

/** Reports come every 5 s; three missed reports are no accident. */
const WORKER_AWAY_MS = 15_000;
const SIGNING_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

export interface LoggedRecord {
  kind: LoggedKind;
  /** Of its row. */
  id: string;
}

/** A checkpoint with what others say of it. The proofs under it carry the cosignatures. */
export interface ProvenCheckpoint extends StoredVouchers {
  at: Date;
  /** As the log has signed it: what `timestamp` is over. */
  note: string;
}

/** Proofs of records against one checkpoint: all that somebody outside needs. */
export interface LogEvidence {
  verifierKey: string;
  checkpoint: ProvenCheckpoint;
  /** The leaf and the `.tlog-proof` of each record, in the order asked for. */
  leaves: Buffer[];
  proofs: string[];
}

/** What the log can show of itself: checkpoints and proofs. The worker signs; here it is only asked to. */
@Injectable()
export class LogProofs {
  constructor(
    private readonly log: LogReadingRepository,
    private readonly messages: MessageSender,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError when nothing has been signed yet */
  async newest(): Promise<AuditCheckpoint> {
    const checkpoint = await this.log.newestCheckpoint();
    const verifierKey = await this.verifierKey();
    if (!checkpoint || verifierKey === null) throw new NotFoundError();
    const { size, note, at } = checkpoint;
    const { cosignatures } = await this.log.vouchersOf(size);
    return { size, at: at.toISOString(), note: note + cosignatures, verifierKey };
  }

  /**
   * Has everything signed up to an audit event.
   * @throws LogNotAnsweringError, LogBrokenError
   */
  async sign(eventId: string): Promise<AuditCheckpoint> {
    await this.signedPast(async () => (await this.log.leafOf('audit-event', eventId))?.index ?? null);
    return this.newest();
  }

  /**
   * The `.tlog-proof` of what the log says of a recording; its `extra` is the leaf.
   * @throws NotFoundError, NotLoggedYetError, LogNotAnsweringError, LogBrokenError
   */
  async ofRecording(id: string): Promise<string> {
    return (await this.historyOf(id)).proofs.at(-1) ?? '';
  }

  /**
   * Everything the log says of a recording, in order. The last leaf is about the recording as it is; that of a deleted one
   * is its tombstone.
   * @throws NotFoundError, NotLoggedYetError, LogNotAnsweringError, LogBrokenError
   */
  async historyOf(id: string): Promise<LogEvidence> {
    const state = await this.log.recordingState(id);
    if (state === null && !(await this.log.leafOf('recording', id))) throw new NotFoundError();
    if (state === 'sealing') throw new NotLoggedYetError();
    await this.signedPast(() => this.lastIndexOf([{ kind: 'recording', id }]));
    return this.prove(await this.log.leavesOf('recording', id));
  }

  /**
   * The same for the recording of a call, or for why it has none.
   * @throws what `historyOf` throws
   */
  async historyOfCall(callId: string): Promise<LogEvidence & { recordingId: string }> {
    const found = await this.log.recordingOfCall(callId);
    if (!found) throw new NotFoundError();
    const { recordingId } = found;
    if (recordingId === null) throw new NotLoggedYetError();
    return { recordingId, ...(await this.historyOf(recordingId)) };
  }

  /**
   * Proofs of records, all against one checkpoint, which is asked for when none covers them yet.
   * @throws LogNotAnsweringError, LogBrokenError
   */
  async of(records: readonly LoggedRecord[]): Promise<LogEvidence> {
    await this.signedPast(() => this.lastIndexOf(records));
    const leaves = await Promise.all(records.map(({ kind, id }) => this.log.leafOf(kind, id)));
    if (leaves.includes(null)) throw new LogNotAnsweringError();
    return this.prove(leaves.filter((leaf) => leaf !== null));
  }

  /** @returns null before anything was signed */
  async verifierKey(): Promise<string | null> {
    try {
      return (await readFile(join(this.settings.layout.log, VERIFIER_KEY_FILE), 'utf8')).trim();
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  private async lastIndexOf(records: readonly LoggedRecord[]): Promise<number | null> {
    const indices = await Promise.all(records.map((record) => this.indexOf(record)));
    return indices.includes(null) ? null : Math.max(...indices.map((index) => index ?? 0));
  }

  /** @returns null as long as the log knows nothing of a record, or of the deletion of a recording */
  private async indexOf({ kind, id }: LoggedRecord): Promise<number | null> {
    const last = await this.log.leafOf(kind, id);
    if (!last || kind !== 'recording') return last?.index ?? null;
    const isDeleted = (await this.log.recordingState(id)) === 'deleted';
    return isDeleted && decodedOrNull(last.leaf)?.type !== 'recording-deleted' ? null : last.index;
  }

  private async prove(found: readonly LoggedLeaf[]): Promise<LogEvidence> {
    const best = await this.log.bestCheckpoint(Math.max(...found.map(({ index }) => index)));
    const verifierKey = await this.verifierKey();
    if (!best || verifierKey === null) throw new LogNotAnsweringError();
    const checkpoint = { ...best, ...(await this.log.vouchersOf(best.size)) };
    const verifier = ed25519Verifier(verifierKey);
    const proofs = await Promise.all(found.map((leaf) => this.proofOf(leaf, checkpoint, verifier)));
    return { verifierKey, checkpoint, leaves: found.map(({ leaf }) => leaf), proofs };
  }

  /** Nobody is handed a proof that proves nothing. */
  private async proofOf(
    { index, leaf }: LoggedLeaf,
    { size, note, cosignatures }: ProvenCheckpoint,
    verifier: NoteVerifier,
  ): Promise<string> {
    try {
      const path = await inclusionProof(index, size, this.log.nodeAt);
      const proof = formatTlogProof({ extra: leaf, index, path, checkpoint: note + cosignatures });
      verifyTlogProof(proof, hashLeaf(leaf), { origin: verifier.keyName, keys: [verifier] });
      return proof;
    } catch (error) {
      throw new LogBrokenError(error instanceof Error ? error.message : null);
    }
  }

  private async signedPast(indexNow: () => Promise<number | null>): Promise<void> {
    const isSigned = async () => {
      const index = await indexNow();
      return index !== null && (await this.log.newestCheckpoint(index)) !== null;
    };
    if (await isSigned()) return;
    const asked = this.clock.now();
    const before = await this.log.health();
    if (!before || asked.getTime() - before.reportedAt.getTime() > WORKER_AWAY_MS) throw new LogNotAnsweringError();
    await this.messages.send({ kind: 'checkpoint' });
    const deadline = performance.now() + SIGNING_TIMEOUT_MS;
    while (performance.now() < deadline) {
      if (await isSigned()) return;
      const health = await this.log.health();
      if (health?.status === 'down' && health.reportedAt > asked) throw new LogBrokenError(health.detail);
      await delay(POLL_MS);
    }
    throw new LogNotAnsweringError();
  }
}
