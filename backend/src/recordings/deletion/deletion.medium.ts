import { randomUUID } from 'node:crypto';
import { copyFile, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { deletions } from '../../../../test/medium/recordings/deletion-bench.ts';
import {
  filesBelow,
  recordingKeys,
  sealingService,
  spoolCall,
  unsealed,
} from '../../../../test/medium/recordings/sealing-bench.ts';
import type { DeletionVictimOrder } from '../../../../test/medium/recordings/deletion-victim.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { Victims } from '../../../../test/medium/recordings/victims.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { openMessage, type ReadRange } from '../encryption/chunked.ts';
import { WrongKeyOrContextError } from '../encryption/encryption.errors.ts';
import { RecordingKeyGoneError } from '../encryption/key.errors.ts';
import { recordingContext } from '../encryption/keys.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { RecordingDeletedMeanwhileError, RecordingNotDeletableError } from '../recordings.errors.ts';

const SECOND = tones(1000, 440, 1000);
const ORDER = { rule: 'by-hand', reason: '誤って録音したため', userId: randomUUID(), remoteAddress: '192.0.2.1' };

let database: TestDatabase;
let layout: TestDatabase['settings']['layout'];

const query = <T extends object>(text: string, values: unknown[] = []) => database.dataSource.query<T[]>(text, values);
const bench = (steps?: Steps) => deletions(database.dataSource, database.settings, steps);
const rowOf = (id: string) => database.dataSource.manager.findOneByOrFail(RecordingEntity, { id });
const audioOf = (row: RecordingEntity) => unsealed(database.dataSource, database.settings, row);
const keysOf = (id: string) => query('SELECT 1 FROM recording_keys WHERE recording_id = $1', [id]);
const tracesOf = (id: string) =>
  query(`SELECT user_id, detail, remote_address FROM audit_events WHERE action = 'recording.delete' AND subject = $1`, [
    id,
  ]);

async function sealed(pcm: Buffer | null = SECOND): Promise<RecordingEntity> {
  const callId = await spoolCall(layout, { pcm, lengthMs: 1000 });
  await sealingService(database.dataSource, database.settings).seal(callId);
  return database.dataSource.manager.findOneByOrFail(RecordingEntity, { callId });
}

async function expectGone({ id, path, callId, sha256 }: RecordingEntity): Promise<void> {
  const row = await rowOf(id);
  expect(row).toMatchObject({ state: 'deleted', path: null, deletedBy: ORDER.userId, deletionRule: 'by-hand', sha256 });
  expect(await query('SELECT 1 FROM recordings WHERE id = $1 AND peaks IS NULL', [id])).toHaveLength(1);
  expect(await keysOf(id)).toEqual([]);
  expect(await filesBelow(layout.vault)).not.toContain(path);
  const { rule, reason, userId, remoteAddress } = ORDER;
  expect(await tracesOf(id)).toEqual([
    { user_id: userId, detail: { callId, rule, reason }, remote_address: remoteAddress },
  ]);
}

/** What somebody may meet at any moment: a recording that can be heard, or one that says why it cannot. */
async function expectNothingHalfDone(before: RecordingEntity): Promise<void> {
  const row = await rowOf(before.id);
  if (row.state === 'sealed') {
    expect((await audioOf(row)).length).toBe(before.sizeBytes);
    expect(await tracesOf(before.id)).toEqual([]);
    return;
  }
  expect(row.state).toBe('deleted');
  expect(await tracesOf(before.id)).toHaveLength(1);
  expect(await keysOf(before.id)).toEqual([]);
  await expect(
    unsealed(database.dataSource, database.settings, Object.assign(row, { path: before.path })),
  ).rejects.toThrow();
}

beforeAll(async () => {
  database = await createTestDatabase();
  ({ layout } = database.settings);
});
afterAll(() => database.drop());

describe('a deleted recording', () => {
  it('has no key, no file and no waveform, and says when, by whom, by which rule and why', async () => {
    const recording = await sealed();
    await bench().delete(recording.id, ORDER);
    await expectGone(recording);
  });

  it('is deleted once, however often and by however many at once', async () => {
    const recording = await sealed();
    const other = { ...ORDER, userId: randomUUID(), reason: 'もう一度' };
    await bench().delete(recording.id, ORDER);
    const again = await Promise.all([bench().delete(recording.id, other), bench().delete(recording.id, other)]);
    expect(again.map(({ deletedBy }) => deletedBy)).toEqual([ORDER.userId, ORDER.userId]);
    await expectGone(recording);
    const raced = await sealed();
    await Promise.all([bench().delete(raced.id, ORDER), bench().delete(raced.id, ORDER)]);
    await expectGone(raced);
  });

  it('loses its file later when the vault is away, and cannot be heard meanwhile', async () => {
    const recording = await sealed();
    await rename(layout.vault, `${layout.vault}.away`);
    await bench().delete(recording.id, ORDER);
    await bench().finishAll();
    await rename(`${layout.vault}.away`, layout.vault);
    expect((await rowOf(recording.id)).path).toBe(recording.path);
    await expectNothingHalfDone(recording);
    await bench().finishAll();
    await expectGone(recording);
  });

  it('is not brought back by what is left of it in the spool', async () => {
    const recording = await sealed();
    await bench().delete(recording.id, ORDER);
    const callId = await spoolCall(layout, { pcm: SECOND, lengthMs: 1000 });
    for (const ending of ['raw', 'jsonl']) {
      await rename(join(layout.spool, `${callId}.${ending}`), join(layout.spool, `${recording.callId}.${ending}`));
    }
    expect(await sealingService(database.dataSource, database.settings).seal(recording.callId)).toBe('settled');
    expect(await filesBelow(layout.spool)).toEqual([]);
    await expectGone(recording);
  });

  it('stays deleted when it goes while it is being sealed again', async () => {
    const recording = await sealed();
    const callId = await spoolCall(layout, { pcm: Buffer.concat([SECOND, SECOND]), lengthMs: 2000 });
    for (const ending of ['raw', 'jsonl']) {
      await rename(join(layout.spool, `${callId}.${ending}`), join(layout.spool, `${recording.callId}.${ending}`));
    }
    const steps = new Steps(0, 'before', () => undefined);
    const take = steps.take.bind(steps);
    steps.take = (name, step) => {
      if (name !== 'rows.seal') return take(name, step);
      return bench().delete(recording.id, ORDER).then(step) as ReturnType<typeof step>;
    };
    const service = sealingService(database.dataSource, database.settings, { steps });
    await expect(service.seal(recording.callId)).rejects.toThrow(RecordingDeletedMeanwhileError);
    expect(await sealingService(database.dataSource, database.settings).seal(recording.callId)).toBe('settled');
    await expectGone(recording);
    await expect(stat(join(layout.vault, recording.path ?? ''))).rejects.toThrow('ENOENT');
  });
});

describe('nothing is deleted', () => {
  it('that is not there, has no audio or is still being sealed', async () => {
    await expect(bench().delete(randomUUID(), ORDER)).rejects.toThrow(NotFoundError);
    const without = await sealed(null);
    await expect(bench().delete(without.id, ORDER)).rejects.toThrow(RecordingNotDeletableError);
    await query(`UPDATE recordings SET state = 'sealing' WHERE id = $1`, [without.id]);
    await expect(bench().delete(without.id, ORDER)).rejects.toThrow(RecordingNotDeletableError);
    expect(await tracesOf(without.id)).toEqual([]);
  });
});

describe.each(['before', 'after'] as const)('deletion that breaks off %s a step', (when) => {
  it.each([
    ['started again', (id: string) => bench().delete(id, ORDER)],
    ['finished by the worker, if it got that far', (id: string) => finishOrDelete(id)],
  ])('is never half done, and ends the same when %s', async (_, goOn) => {
    const walked = new Set<string>();
    for (let faultAt = 1, reached = true; reached; faultAt++) {
      if (faultAt > 60) throw new Error('there is no end of steps');
      const recording = await sealed();
      const steps = new Steps(faultAt, when, () => {
        throw new Error('fault');
      });
      await bench(steps)
        .delete(recording.id, ORDER)
        .catch((error: unknown) => expect(String(error)).toContain('fault'));
      await expectNothingHalfDone(recording);
      await goOn(recording.id);
      await expectGone(recording);
      reached = steps.faultReached;
      steps.names.forEach((name) => walked.add(name));
    }
    const needed = ['transaction.delete', 'transaction.insert', 'transaction.update', 'disk.unlink', 'rows.forgetFile'];
    expect([...walked]).toEqual(expect.arrayContaining(needed));
  });
});

describe('deletion whose process is killed', () => {
  let victims: Victims<DeletionVictimOrder>;
  beforeAll(() => {
    victims = new Victims('deletion-victim.ts', database.settings);
  });
  afterAll(() => victims.stop());

  it('by kill -9 before any step is never half done, and is finished by whoever comes next', async () => {
    const endings = new Set<string>();
    for (let dieAt = 1, killed = true; killed; dieAt++) {
      const recording = await sealed();
      killed = await victims.die({ id: recording.id, order: ORDER, dieAt });
      await expectNothingHalfDone(recording);
      endings.add((await rowOf(recording.id)).state);
      await finishOrDelete(recording.id);
      await expectGone(recording);
      if (!killed) expect(dieAt).toBeGreaterThan(8);
    }
    expect([...endings].sort()).toEqual(['deleted', 'sealed']);
  });
});

describe('a destroyed key', () => {
  /** What a backup of the vault and of every table but those of the keys brings back. */
  it('leaves noise of a copied file, although its row says again that it is sealed', async () => {
    const recording = await sealed();
    const kept = await sealed();
    const [file, copy] = [join(layout.vault, recording.path ?? ''), join(layout.run, 'copied.c2sp')];
    await copyFile(file, copy);
    await query('CREATE TABLE rows_before AS SELECT * FROM recordings');
    await bench().delete(recording.id, ORDER);
    await query('ALTER TABLE recordings DISABLE TRIGGER USER');
    await query('DELETE FROM recordings WHERE id = $1', [recording.id]);
    await query('INSERT INTO recordings SELECT * FROM rows_before WHERE id = $1', [recording.id]);
    await query('ALTER TABLE recordings ENABLE TRIGGER USER');
    await copyFile(copy, file);
    const row = await rowOf(recording.id);
    expect([row.state, row.path, row.sha256]).toEqual(['sealed', recording.path, recording.sha256]);
    await expect(audioOf(row)).rejects.toThrow(RecordingKeyGoneError);
    // The class key is there still and opens the others; it makes no key for this one again.
    expect((await audioOf(await rowOf(kept.id))).length).toBe(kept.sizeBytes);
    const made = await recordingKeys(database.dataSource, database.settings).forSealing(recording);
    const read: ReadRange = async (start, end) => [(await readFile(copy)).subarray(start, end)];
    const opening = openMessage(read, (await stat(copy)).size, made.bytes, recordingContext(recording.id));
    await expect(opening).rejects.toThrow(WrongKeyOrContextError);
    await query('DROP TABLE rows_before');
  });
});

async function finishOrDelete(id: string): Promise<void> {
  await bench().finishAll();
  if ((await rowOf(id)).state !== 'deleted') await bench().delete(id, ORDER);
}
