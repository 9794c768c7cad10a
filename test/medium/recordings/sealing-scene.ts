import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { AuditEventEntity } from '../../../backend/src/audit/audit-event.entity.ts';
import { RecordingEntity } from '../../../backend/src/recordings/recording.entity.ts';
import type { SealingService } from '../../../backend/src/recordings/sealing/sealing.service.ts';
import { createTestDatabase, type TestDatabase } from '../postgres.ts';
import { decodeFlac, tones } from './audio.ts';
import { filesBelow, type SealingParts, sealingService, spoolCall, unsealed } from './sealing-bench.ts';

/** A second of a call: a tone of 440 Hz on the left, one of 1 kHz on the right. */
export const SECOND = tones(1000, 440, 1000);

/** A spool, a vault and a database, and what was sealed as an outsider finds it. */
export class SealingScene {
  readonly database: TestDatabase;

  protected constructor(database: TestDatabase) {
    this.database = database;
  }

  static async open(): Promise<SealingScene> {
    return new SealingScene(await createTestDatabase());
  }

  get settings(): TestDatabase['settings'] {
    return this.database.settings;
  }

  get layout(): TestDatabase['settings']['layout'] {
    return this.settings.layout;
  }

  /** @returns the call's id */
  async spool(call: Parameters<typeof spoolCall>[1] = { pcm: SECOND }): Promise<string> {
    return await spoolCall(this.layout, call);
  }

  async seal(callId: string, parts?: SealingParts): ReturnType<SealingService['seal']> {
    return await sealingService(this.database.dataSource, this.settings, parts).seal(callId);
  }

  async rowsOf(callId: string): Promise<RecordingEntity[]> {
    return await this.database.dataSource.manager.findBy(RecordingEntity, { callId });
  }

  async rowOf(callId: string): Promise<RecordingEntity> {
    const [row, ...others] = await this.rowsOf(callId);
    expect(others).toEqual([]);
    if (!row) throw new Error('the call has no recording row');
    return row;
  }

  async isSealed(callId: string): Promise<boolean> {
    return (await this.rowsOf(callId))[0]?.state === 'sealed';
  }

  async flacOf(row: RecordingEntity): Promise<Buffer> {
    return await unsealed(this.database.dataSource, this.settings, row);
  }

  async audioOf(row: RecordingEntity): Promise<Buffer> {
    return await decodeFlac(this.settings.endpoints.toolsDir, await this.flacOf(row));
  }

  /** Exactly one sealed recording with this audio, traced once each time it was, and nothing left in the spool. */
  async expectRecordedOnce(callId: string, pcm = SECOND, traces = 1): Promise<void> {
    const row = await this.rowOf(callId);
    expect(row).toMatchObject({ state: 'sealed', completeness: 'complete', trouble: null });
    expect((await this.audioOf(row)).equals(pcm)).toBe(true);
    expect((await filesBelow(this.layout.spool)).filter((path) => path.startsWith(callId))).toEqual([]);
    expect(await this.database.dataSource.manager.countBy(AuditEventEntity, { subject: row.id })).toBe(traces);
  }

  /** The same, and nothing else in the whole vault. */
  async expectAlone(callId: string, pcm = SECOND, traces = 1): Promise<void> {
    await this.expectRecordedOnce(callId, pcm, traces);
    const { path } = await this.rowOf(callId);
    expect((await filesBelow(this.layout.vault)).filter((file) => !file.startsWith('.writing'))).toEqual([path]);
  }

  async emptyVault(): Promise<void> {
    await this.empty(this.layout.vault);
  }

  async emptySpool(): Promise<void> {
    await this.empty(this.layout.spool);
  }

  /** So that the next recording makes its keys, too. */
  async forgetKeys(): Promise<void> {
    await this.database.dataSource.query('DELETE FROM recording_keys; DELETE FROM class_keys');
  }

  async close(): Promise<void> {
    await this.database.drop();
  }

  private async empty(directory: string): Promise<void> {
    for (const file of await filesBelow(directory)) await rm(join(directory, file));
  }
}
