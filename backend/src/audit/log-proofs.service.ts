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
import { hashLeaf, inclusionProof } from './log/merkle.ts';
import { ed25519Verifier } from './log/note.ts';
import { formatTlogProof, verifyTlogProof } from './log/tlog-proof.ts';
import { VERIFIER_KEY_FILE } from './log-key.ts';
import { LogReadingRepository } from './log-reading.repository.ts';

/** Reports come every 5 s; three missed reports are no accident. */
const WORKER_AWAY_MS = 15_000;
const SIGNING_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

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
    return { ...checkpoint, at: checkpoint.at.toISOString(), verifierKey };
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
    const state = await this.log.recordingState(id);
    if (state === null && !(await this.log.leafOf('recording', id))) throw new NotFoundError();
    if (state === 'sealing') throw new NotLoggedYetError();
    await this.signedPast(async () => (await this.log.leafOf('recording', id))?.index ?? null);
    const found = await this.log.leafOf('recording', id);
    const checkpoint = found && (await this.log.newestCheckpoint(found.index));
    const verifierKey = await this.verifierKey();
    if (!found || !checkpoint || verifierKey === null) throw new LogNotAnsweringError();
    try {
      const path = await inclusionProof(found.index, checkpoint.size, this.log.nodeAt);
      const proof = formatTlogProof({ extra: found.leaf, index: found.index, path, checkpoint: checkpoint.note });
      // Nobody is handed a proof that proves nothing.
      const verifier = ed25519Verifier(verifierKey);
      verifyTlogProof(proof, hashLeaf(found.leaf), { origin: verifier.keyName, keys: [verifier] });
      return proof;
    } catch (error) {
      throw new LogBrokenError(error instanceof Error ? error.message : null);
    }
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
