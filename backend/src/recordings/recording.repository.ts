import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, Not } from 'typeorm';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import type { JournalEntry } from '../calls/journal.schema.ts';
import { Clock } from '../platform/clock.ts';
import { RecordingEntity } from './recording.entity.ts';
import type { IncompleteReason, SealingTrouble } from './recording.schema.ts';
import { RecordingDeletedMeanwhileError } from './recordings.errors.ts';

type Sealed<Key extends keyof RecordingEntity> = { [K in Key]: NonNullable<RecordingEntity[K]> };

/** What sealing found out about the audio of a call. */
export type SealedFacts = Sealed<'completeness' | 'durationMs' | 'leadingSilenceMs' | 'missingMs' | 'spoolBytes'> &
  Sealed<'format' | 'sampleRate' | 'path' | 'sizeBytes' | 'sha256' | 'peaks' | 'peaksPerSecond'> &
  Sealed<'tracks' | 'leftSilentMs' | 'rightSilentMs'> &
  Pick<RecordingEntity, 'reason' | 'rule' | 'gaps' | 'leftLevelDbfs' | 'rightLevelDbfs'>;

/** A call that is over and should have a recording by now, with the journal that was kept in its row. */
export interface UnsettledCall {
  callId: string;
  journal: JournalEntry[];
}

/** What a sealed row says about its file. */
export interface NamedFile {
  id: string;
  callId: string;
  path: string;
  sizeBytes: number;
  sha256: string;
  inTrouble: boolean;
}

const withRule = <T extends object>(detail: T, rule: string | null) => (rule === null ? detail : { ...detail, rule });

/** The only place that writes recordings, but for their end: see `DeletionRepository`. A row never goes back from `sealed`. */
@Injectable()
export class RecordingRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The row of a call's recording; made when there is none, so that its id is the same however often sealing starts. */
  async open(callId: string, startedAt: Date): Promise<RecordingEntity> {
    await this.dataSource.query(
      `INSERT INTO recordings (id, call_id, state, started_at) VALUES ($1, $2, 'sealing', $3)
       ON CONFLICT (call_id) DO NOTHING`,
      [randomUUID(), callId, startedAt],
    );
    return this.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
  }

  /**
   * Makes a recording playable, and leaves the trace of it, in one step. Repeating it with the same facts changes nothing.
   * @throws RecordingDeletedMeanwhileError
   */
  async seal(recording: RecordingEntity, facts: SealedFacts): Promise<void> {
    const { state, sha256: sealedSha256, spoolBytes, path } = recording;
    const isRepeated = sealedSha256 === facts.sha256 && spoolBytes === facts.spoolBytes && path === facts.path;
    if (state === 'sealed' && isRepeated) return;
    await this.dataSource.transaction(async (manager) => {
      const sealedAt = this.clock.now();
      const { affected } = await manager.update(
        RecordingEntity,
        { id: recording.id, state: Not('deleted') },
        { ...facts, state: 'sealed', sealedAt, trouble: null },
      );
      if (affected === 0) throw new RecordingDeletedMeanwhileError(recording.id);
      const { completeness, reason, rule, durationMs, sizeBytes, sha256 } = facts;
      await this.leaveTrace(manager, 'recording.seal', recording, sealedAt, {
        ...withRule({ completeness, reason, durationMs, sizeBytes, sha256 }, rule),
        ...(recording.state === 'sealed' ? { replaced: recording.sha256 } : {}),
      });
    });
  }

  /**
   * Says that there is no audio, and why. A sealed or deleted recording stays as it is.
   * @param rule the recording rule, where one says that nothing is kept
   */
  async settleWithout(recording: RecordingEntity, reason: IncompleteReason, rule: string | null = null): Promise<void> {
    if (recording.state === 'none' && recording.reason === reason && recording.rule === rule) return;
    await this.dataSource.transaction(async (manager) => {
      const { affected } = await manager
        .createQueryBuilder()
        .update(RecordingEntity)
        .set({ state: 'none', completeness: 'none', reason, rule, trouble: null })
        .where("id = :id AND state NOT IN ('sealed', 'deleted')", { id: recording.id })
        .execute();
      if (affected)
        await this.leaveTrace(manager, 'recording.none', recording, this.clock.now(), withRule({ reason }, rule));
    });
  }

  /**
   * Says why a recording is not sealed yet, or that its file is not what was sealed; null = all is well again.
   * @returns whether it is news
   */
  async setTrouble(callId: string, trouble: SealingTrouble | null): Promise<boolean> {
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .update(RecordingEntity)
      .set({ trouble })
      .where('call_id = :callId AND trouble IS DISTINCT FROM :trouble', { callId, trouble })
      .execute();
    return (affected ?? 0) > 0;
  }

  /** How many sealed recordings have a file that is missing or not as it was sealed. */
  async countDamaged(): Promise<number> {
    const rows: { count: number }[] = await this.dataSource.query(
      "SELECT count(*)::int AS count FROM recordings WHERE trouble IS NOT NULL AND state = 'sealed'",
    );
    return rows[0]?.count ?? 0;
  }

  findById(id: string): Promise<RecordingEntity | null> {
    return this.dataSource.manager.findOneBy(RecordingEntity, { id });
  }

  async findPeaks(id: string): Promise<{ peaks: Buffer; perSecond: number } | null> {
    const row = await this.dataSource.manager.findOne(RecordingEntity, {
      where: { id },
      select: { id: true, peaks: true, peaksPerSecond: true },
    });
    return row?.peaks && row.peaksPerSecond ? { peaks: row.peaks, perSecond: row.peaksPerSecond } : null;
  }

  /**
   * Calls that have neither a sealed recording nor a reason why not: those with an unfinished row, however old, and
   * those without a row that began after `since`.
   */
  async findUnsettledCalls(since: Date, endedBefore: Date, limit: number): Promise<UnsettledCall[]> {
    return this.dataSource.query(
      `SELECT c.id AS "callId", c.journal FROM recordings r JOIN calls c ON c.id = r.call_id
       WHERE r.state = 'sealing' AND c.ended_at < $2
       UNION ALL
       SELECT c.id, c.journal FROM calls c
       WHERE c.started_at >= $1 AND c.ended_at < $2 AND NOT EXISTS (SELECT FROM recordings r WHERE r.call_id = c.id)
       LIMIT $3`,
      [since, endedBefore, limit],
    );
  }

  /** Files that sealed rows name, in the order of their ids, after `afterId`. */
  async findFiles(afterId: string | null, limit: number): Promise<NamedFile[]> {
    const rows: (Omit<NamedFile, 'sizeBytes'> & { size: string })[] = await this.dataSource.query(
      `SELECT id, call_id AS "callId", path, size_bytes AS size, sha256, trouble IS NOT NULL AS "inTrouble" FROM recordings
       WHERE state = 'sealed' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      [afterId, limit],
    );
    return rows.map(({ size, ...file }) => ({ ...file, sizeBytes: Number(size) }));
  }

  private async leaveTrace(
    manager: EntityManager,
    action: string,
    recording: RecordingEntity,
    at: Date,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await manager.insert(AuditEventEntity, {
      ...{ at, userId: null, action, subject: recording.id, remoteAddress: null },
      detail: { callId: recording.callId, ...detail },
    });
  }
}
