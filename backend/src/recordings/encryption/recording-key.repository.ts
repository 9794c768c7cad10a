import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { KeyStore, type StoredRecordingKey } from './key-store.ts';
import { ClassKeyEntity, RecordingKeyEntity } from './recording-key.entity.ts';

/** SQLSTATE restrict_violation, and foreign_key_violation as PostgreSQL before 18 says for ON DELETE RESTRICT. */
const STILL_NEEDED: readonly unknown[] = ['23001', '23503'];

/** Wrapped keys in Postgres. Each change is one statement, so that it holds whoever else is at work. */
@Injectable()
export class RecordingKeyRepository extends KeyStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  override async classKey(name: string): Promise<Buffer | null> {
    return (await this.dataSource.manager.findOneBy(ClassKeyEntity, { name }))?.wrapped ?? null;
  }

  override classKeys(): Promise<{ name: string; wrapped: Buffer }[]> {
    return this.dataSource.manager.find(ClassKeyEntity, { order: { name: 'ASC' } });
  }

  override async addClassKey(name: string, wrapped: Buffer): Promise<Buffer> {
    await this.insertUnlessThere(ClassKeyEntity, { name, wrapped });
    return (await this.dataSource.manager.findOneByOrFail(ClassKeyEntity, { name })).wrapped;
  }

  override async replaceClassKey(name: string, expected: Buffer, wrapped: Buffer): Promise<boolean> {
    const { affected } = await this.dataSource.manager.update(ClassKeyEntity, { name, wrapped: expected }, { wrapped });
    return affected === 1;
  }

  /**
   * All class keys at once, or none, with the trace of it.
   * @param rewrap gives a class key as it is to be stored; throws when it does not open
   * @param from id of the master key that was in force
   * @param to id of the one that will be
   * @returns how many changed
   */
  async rewrapClassKeys(rewrap: (name: string, wrapped: Buffer) => Buffer, from: string, to: string): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const present = await manager.find(ClassKeyEntity, { order: { name: 'ASC' }, lock });
      const changed = present
        .map(({ name, wrapped }) => ({ name, before: wrapped, wrapped: rewrap(name, wrapped) }))
        .filter(({ before, wrapped }) => !before.equals(wrapped));
      for (const { name, wrapped } of changed) await manager.update(ClassKeyEntity, { name }, { wrapped });
      if (changed.length > 0) {
        await manager.insert(AuditEventEntity, {
          ...{ at: new Date(), userId: null, action: 'master-key.rotate', subject: to, remoteAddress: null },
          detail: { from, to, classKeys: changed.length },
        });
      }
      return changed.length;
    });
  }

  override async removeUnusedClassKey(name: string): Promise<boolean> {
    try {
      await this.dataSource.manager.delete(ClassKeyEntity, { name });
      return true;
    } catch (error) {
      if (isStillNeeded(error)) return false;
      throw error;
    }
  }

  override async recordingKey(recordingId: string): Promise<StoredRecordingKey | null> {
    const stored = await this.dataSource.manager.findOneBy(RecordingKeyEntity, { recordingId });
    return stored && { className: stored.className, wrapped: stored.wrapped };
  }

  override async addRecordingKey(recordingId: string, key: StoredRecordingKey): Promise<StoredRecordingKey> {
    await this.insertUnlessThere(RecordingKeyEntity, { recordingId, ...key });
    return this.dataSource.manager.findOneByOrFail(RecordingKeyEntity, { recordingId });
  }

  override async replaceRecordingKey(
    recordingId: string,
    { className, wrapped }: StoredRecordingKey,
    key: StoredRecordingKey,
  ): Promise<boolean> {
    const expected = { recordingId, className, wrapped };
    const { affected } = await this.dataSource.manager.update(RecordingKeyEntity, expected, { ...key });
    return affected === 1;
  }

  override async removeRecordingKey(recordingId: string): Promise<void> {
    await this.dataSource.manager.delete(RecordingKeyEntity, { recordingId });
  }

  private async insertUnlessThere<T extends ClassKeyEntity | RecordingKeyEntity>(
    entity: new () => T,
    values: T,
  ): Promise<void> {
    await this.dataSource.createQueryBuilder().insert().into<object>(entity).values(values).orIgnore().execute();
  }
}

function isStillNeeded(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause = error.driverError as { code?: unknown };
  return STILL_NEEDED.includes(cause.code);
}
