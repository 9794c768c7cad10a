import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { Clock } from '../../platform/clock.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { obstacleToDeletion } from './deletion-decision.ts';
import { RecordingKeyEntity } from '../encryption/recording-key.entity.ts';
import { RecordingEntity } from '../recording.entity.ts';
import type { RecordingDeletion, RecordingDeletionOrder } from '../recording.schema.ts';
import { RecordingNotDeletableError } from '../recordings.errors.ts';

/** Who wants a recording to go, by which rule and why. */
export interface DeletionOrder extends RecordingDeletionOrder {
  /** null = the box itself, by the rule. */
  userId: string | null;
  remoteAddress: string | null;
}

/** A deleted recording whose file may still be there. */
export interface LeftFile {
  id: string;
  path: string;
}

/** The only place that ends recordings. A row never comes back from `deleted`. */
@Injectable()
export class DeletionRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Destroys the key, leaves the trace and says so in the row: all of it or nothing, so that nobody can meet a recording
   * that cannot be heard without a word on why. What must not outlive the audio, its waveform, goes with it.
   * @returns the row; one that is deleted already is left as it is
   * @throws NotFoundError, RecordingNotDeletableError
   */
  async delete(id: string, order: DeletionOrder): Promise<RecordingEntity> {
    return this.dataSource.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const recording = await manager.findOne(RecordingEntity, { where: { id }, lock });
      if (!recording) throw new NotFoundError();
      const { state } = recording;
      if (state === 'deleted') return recording;
      const obstacle = obstacleToDeletion({ state });
      if (obstacle) throw new RecordingNotDeletableError(obstacle);
      await manager.delete(RecordingKeyEntity, { recordingId: id });
      await this.markDeleted(manager, recording, order);
      return manager.findOneByOrFail(RecordingEntity, { id });
    });
  }

  /** The file of a deleted recording is gone. */
  async forgetFile(id: string): Promise<void> {
    await this.dataSource.manager.update(RecordingEntity, { id, state: 'deleted' }, { path: null });
  }

  /** In the order of their ids, after `afterId`. */
  async leftFiles(afterId: string | null, limit: number): Promise<LeftFile[]> {
    return this.dataSource.query(
      `SELECT id, path FROM recordings WHERE state = 'deleted' AND path IS NOT NULL AND ($1::uuid IS NULL OR id > $1)
       ORDER BY id LIMIT $2`,
      [afterId, limit],
    );
  }

  /** @returns null for a recording that is not deleted */
  async deletionOf({ deletedAt, deletedBy, deletionRule, deletionEvent }: RecordingEntity) {
    if (deletedAt === null || deletionRule === null) return null;
    const rows: { reason: string | null; name: string | null }[] = await this.dataSource.query(
      `SELECT (SELECT detail->>'reason' FROM audit_events WHERE id = $1) AS reason,
         (SELECT name FROM users WHERE id = $2) AS name`,
      [deletionEvent, deletedBy],
    );
    const by = deletedBy === null ? null : { id: deletedBy, name: rows[0]?.name ?? null };
    const deletion: RecordingDeletion = {
      ...{ at: deletedAt.toISOString(), rule: deletionRule, reason: rows[0]?.reason ?? null, by },
    };
    return deletion;
  }

  private async markDeleted(
    manager: EntityManager,
    { id, callId }: RecordingEntity,
    { userId, remoteAddress, rule, reason }: DeletionOrder,
  ): Promise<void> {
    const at = this.clock.now();
    const event = { at, userId, action: 'recording.delete', subject: id, detail: { callId, rule, reason } };
    const { identifiers } = await manager.insert(AuditEventEntity, { ...event, remoteAddress });
    const { id: eventId } = identifiers[0] as { id: string };
    const deletion = { deletedAt: at, deletedBy: userId, deletionRule: rule, deletionEvent: eventId };
    const erased = { peaks: null, peaksPerSecond: null, tracks: null, trouble: null };
    await manager.update(RecordingEntity, { id }, { state: 'deleted', ...deletion, ...erased });
  }
}
