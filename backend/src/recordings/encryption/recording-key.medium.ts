import { fork } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { recordingKeys } from '../../../../test/medium/recordings/sealing-bench.ts';
import { ClassKeyInUseError, RecordingKeyGoneError } from './key.errors.ts';
import { KeyRing, rewrapClassKey } from './key-ring.ts';
import { SecretKey } from './keys.ts';
import { loadMasterKey, type MasterKeys } from './master-key.ts';
import { RecordingKeyRepository } from './recording-key.repository.ts';

const NOVEMBER = 'standard/2026-11';
const bytes = (fill: number) => Buffer.alloc(69, fill);

let database: TestDatabase;
let store: RecordingKeyRepository;
let masters: MasterKeys;
let ring: KeyRing;

beforeAll(async () => {
  database = await createTestDatabase(10);
  store = new RecordingKeyRepository(database.dataSource);
  masters = await loadMasterKey(database.settings.masterKeyPlaces);
  ring = new KeyRing(masters, store);
});

beforeEach(() => database.dataSource.query('DELETE FROM recording_keys; DELETE FROM class_keys'));

afterAll(() => database.drop());

describe('class keys in the database', () => {
  it('are what the first one wrote, whoever comes later', async () => {
    const stored = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((fill) => store.addClassKey(NOVEMBER, bytes(fill))));
    expect(new Set(stored.map((key) => key.toString('hex'))).size).toBe(1);
    expect((await store.addClassKey(NOVEMBER, bytes(9))).equals(stored[0] ?? bytes(0))).toBe(true);
    expect(await store.classKeys()).toMatchObject([{ name: NOVEMBER, wrapped: stored[0] }]);
    expect(await store.classKey('standard/2026-10')).toBeNull();
  });

  it('change only from what they are known to be', async () => {
    await store.addClassKey(NOVEMBER, bytes(1));
    expect(await store.replaceClassKey(NOVEMBER, bytes(2), bytes(3))).toBe(false);
    expect(await store.classKey(NOVEMBER)).toEqual(bytes(1));
    expect(await store.replaceClassKey(NOVEMBER, bytes(1), bytes(3))).toBe(true);
    expect(await store.classKey(NOVEMBER)).toEqual(bytes(3));
  });

  it('stay as long as a recording needs them', async () => {
    const id = randomUUID();
    await store.addClassKey(NOVEMBER, bytes(1));
    await store.addRecordingKey(id, { className: NOVEMBER, wrapped: bytes(2) });
    expect(await store.removeUnusedClassKey(NOVEMBER)).toBe(false);
    expect(await store.classKey(NOVEMBER)).toEqual(bytes(1));
    await store.removeRecordingKey(id);
    expect(await store.removeUnusedClassKey(NOVEMBER)).toBe(true);
    expect(await store.classKey(NOVEMBER)).toBeNull();
  });

  it('do not vanish from under a recording key that is just being stored', async () => {
    for (let round = 0; round < 20; round++) {
      const id = randomUUID();
      await store.addClassKey(NOVEMBER, bytes(1));
      const [added, removed] = await Promise.allSettled([
        store.addRecordingKey(id, { className: NOVEMBER, wrapped: bytes(2) }),
        store.removeUnusedClassKey(NOVEMBER),
      ]);
      const isKept = (await store.classKey(NOVEMBER)) !== null;
      expect(removed).toEqual({ status: 'fulfilled', value: !isKept });
      expect(added.status).toBe(isKept ? 'fulfilled' : 'rejected');
      await store.removeRecordingKey(id);
    }
  });
});

describe('recording keys in the database', () => {
  it('are what the first one wrote, and need their class key', async () => {
    const id = randomUUID();
    await expect(store.addRecordingKey(id, { className: NOVEMBER, wrapped: bytes(1) })).rejects.toThrow('foreign key');
    await store.addClassKey(NOVEMBER, bytes(1));
    const keys = await Promise.all(
      [1, 2, 3, 4].map((fill) => store.addRecordingKey(id, { className: NOVEMBER, wrapped: bytes(fill) })),
    );
    expect(new Set(keys.map(({ wrapped }) => wrapped.toString('hex'))).size).toBe(1);
    expect(await store.recordingKey(id)).toEqual({ className: NOVEMBER, wrapped: keys[0]?.wrapped });
    expect(await store.recordingKey(randomUUID())).toBeNull();
  });

  it('change only from what they are known to be', async () => {
    const id = randomUUID();
    const first = { className: NOVEMBER, wrapped: bytes(1) };
    const longer = { className: 'ten-years/2026-11', wrapped: bytes(2) };
    for (const name of [first.className, longer.className]) await store.addClassKey(name, bytes(0));
    await store.addRecordingKey(id, first);
    expect(await store.replaceRecordingKey(id, { ...first, wrapped: bytes(9) }, longer)).toBe(false);
    expect(await store.recordingKey(id)).toEqual(first);
    expect(await store.replaceRecordingKey(id, first, longer)).toBe(true);
    expect(await store.recordingKey(id)).toEqual(longer);
  });
});

describe('the key ring over the database', () => {
  it('finds keys again, keeps them through a rotation, and destroys them for good', async () => {
    const id = randomUUID();
    const key = await ring.keyForSealing(id, NOVEMBER);
    const next = SecretKey.random();
    const both = { wrapping: next, all: new Map([...masters.all, [next.id, next]]) };
    expect(await store.rewrapClassKeys((name, wrapped) => rewrapClassKey(name, wrapped, both), 'old', next.id)).toBe(1);
    const later = new KeyRing({ wrapping: next, all: new Map([[next.id, next]]) }, store);
    expect((await later.recordingKey(id)).id).toBe(key.id);
    await expect(later.destroyClassKey(NOVEMBER)).rejects.toThrow(ClassKeyInUseError);
    await later.destroyRecordingKey(id);
    await later.destroyClassKey(NOVEMBER);
    await expect(later.recordingKey(id)).rejects.toThrow(RecordingKeyGoneError);
  });

  it('keeps nothing in the database that opens without the master key', async () => {
    const key = await ring.keyForSealing(randomUUID(), NOVEMBER);
    const rows: { wrapped: Buffer }[] = await database.dataSource.query(
      'SELECT wrapped FROM class_keys UNION ALL SELECT wrapped FROM recording_keys',
    );
    expect(rows).toHaveLength(2);
    for (const { wrapped } of rows) {
      expect(wrapped.includes(key.bytes)).toBe(false);
      expect(wrapped.includes(masters.wrapping.bytes)).toBe(false);
    }
  });

  it('agrees with other processes that make the same keys at the same moment', async () => {
    const support = '../../../../test/medium/recordings/';
    const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = database.settings.operator;
    const children = [0, 1].map(() =>
      fork(new URL(`${support}key-maker.ts`, import.meta.url), {
        execArgv: ['--no-warnings', '--import', new URL(`${support}swc-register.mjs`, import.meta.url).href],
        env: { DENWABAN_HOME, DENWABAN_POSTGRES_URL },
      }),
    );
    await Promise.all(children.map((child) => once(child, 'message')));
    const startedAt = new Date('2026-11-21T00:00:00Z');
    for (let round = 0; round < 10; round++) {
      await database.dataSource.query('DELETE FROM recording_keys; DELETE FROM class_keys');
      const recordings = [randomUUID(), randomUUID()];
      const made = children.map((child) => once(child, 'message') as Promise<[string[]]>);
      for (const child of children) child.send(recordings);
      const [[one], [other]] = (await Promise.all(made)) as [[string[]], [string[]]];
      expect(one).toEqual(other);
      const keys = recordingKeys(database.dataSource, database.settings);
      expect(await Promise.all(recordings.map(async (id) => (await keys.forSealing({ id, startedAt })).id))).toEqual(
        one,
      );
    }
    for (const child of children) child.disconnect();
    await Promise.all(children.map((child) => once(child, 'exit')));
  });
});
