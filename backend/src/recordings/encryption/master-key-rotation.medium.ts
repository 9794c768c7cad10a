import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { recordingKeys } from '../../../../test/medium/recordings/sealing-bench.ts';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { MasterKeyIsCredentialError, MasterKeyUnknownError, WrappedKeyAlteredError } from './key.errors.ts';
import { KeyRing } from './key-ring.ts';
import { loadMasterKey, type MasterKeyPlaces } from './master-key.ts';
import { rotateMasterKey } from './master-key-rotation.ts';
import { RecordingKeyRepository } from './recording-key.repository.ts';

let database: TestDatabase;
let rows: RecordingKeyRepository;
let places: MasterKeyPlaces;
let keys: Map<string, string>;

const RECORDINGS = ['2026-09-10', '2026-10-10', '2026-11-10'].map((day) => ({
  id: randomUUID(),
  startedAt: new Date(day),
}));
const rotations = () => database.dataSource.manager.countBy(AuditEventEntity, { action: 'master-key.rotate' });
const filesOf = async () => (await readdir(places.secretsDir)).filter((name) => name.startsWith('master-key')).sort();

/** Every recording has the key it always had. */
async function expectAllReadable(): Promise<void> {
  const service = recordingKeys(database.dataSource, database.settings);
  for (const { id } of RECORDINGS) expect((await service.find(id)).id).toBe(keys.get(id));
  expect(await service.missingMasterKeys()).toEqual([]);
}

/** The new key alone opens everything. */
async function expectRotatedFrom(old: string): Promise<void> {
  const masters = await loadMasterKey(places);
  expect(masters.wrapping.id).toBe(masters.current.id);
  expect(masters.current.id).not.toBe(old);
  const alone = new KeyRing({ ...masters, all: new Map([[masters.current.id, masters.current]]) }, rows);
  for (const { id } of RECORDINGS) expect((await alone.recordingKey(id)).id).toBe(keys.get(id));
  expect(await filesOf()).toContain(`master-key.previous-${old}`);
  expect(await filesOf()).not.toContain('master-key.next');
}

beforeAll(async () => {
  database = await createTestDatabase();
  rows = new RecordingKeyRepository(database.dataSource);
  places = { ...database.settings.masterKeyPlaces, credentialsDirectory: undefined };
});

beforeEach(async () => {
  await database.dataSource.query('DELETE FROM recording_keys; DELETE FROM class_keys');
  const service = recordingKeys(database.dataSource, database.settings);
  keys = new Map();
  for (const recording of RECORDINGS) keys.set(recording.id, (await service.forSealing(recording)).id);
});

afterAll(() => database.drop());

describe('rotating the master key', () => {
  it('puts all class keys under the new one, leaves one trace, and keeps the old', async () => {
    const before = await rotations();
    const { from, to, rewrapped } = await rotateMasterKey(places, rows);
    expect(rewrapped).toBe(3);
    expect((await loadMasterKey(places)).current.id).toBe(to);
    await expectRotatedFrom(from);
    await expectAllReadable();
    expect(await rotations()).toBe(before + 1);
    const [event] = await database.dataSource.manager.find(AuditEventEntity, { order: { id: 'DESC' }, take: 1 });
    expect(event).toMatchObject({ action: 'master-key.rotate', subject: to, detail: { from, to, classKeys: 3 } });
  });

  it('changes nothing when one class key does not open, and says so', async () => {
    const { current } = await loadMasterKey(places);
    const [first] = await rows.classKeys();
    const damaged = Buffer.from(first?.wrapped ?? Buffer.alloc(0));
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    await rows.replaceClassKey(first?.name ?? '', first?.wrapped ?? damaged, damaged);
    await expect(rotateMasterKey(places, rows)).rejects.toThrow(WrappedKeyAlteredError);
    expect((await loadMasterKey(places)).current.id).toBe(current.id);
    await rows.replaceClassKey(first?.name ?? '', damaged, first?.wrapped ?? damaged);
    await expectAllReadable();
    await rotateMasterKey(places, rows);
    await expectRotatedFrom(current.id);
  });

  it('leaves a key of systemd to systemd', async () => {
    const credentialsDirectory = await mkdtemp(join(tmpdir(), 'denwaban-credentials-'));
    const key = await readFile(join(places.secretsDir, 'master-key'));
    await writeFile(join(credentialsDirectory, 'denwaban-master-key'), key);
    const before = await filesOf();
    await expect(rotateMasterKey({ ...places, credentialsDirectory }, rows)).rejects.toThrow(
      MasterKeyIsCredentialError,
    );
    expect(await filesOf()).toEqual(before);
    await rm(credentialsDirectory, { recursive: true });
  });

  it.each(['before', 'after'] as const)(
    'by kill -9 %s any step loses nothing, and goes on when run again',
    async (when) => {
      for (let dieAt = 1, killed = true; killed; dieAt++) {
        const { current } = await loadMasterKey(places);
        const before = await rotations();
        killed = await rotateAndDie(dieAt, when);
        await expectAllReadable();
        const alreadyOver = (await loadMasterKey(places)).current.id !== current.id;
        if (!alreadyOver) await rotateMasterKey(places, rows);
        await expectRotatedFrom(current.id);
        expect(await rotations()).toBe(before + 1);
        if (!killed) expect(dieAt).toBe(6);
      }
    },
    120_000,
  );
});

describe('a destroyed key', () => {
  it('is gone across a rotation too, and no other with it', async () => {
    const [recording, other] = RECORDINGS;
    const service = recordingKeys(database.dataSource, database.settings);
    await service.destroy(recording?.id ?? '');
    await rotateMasterKey(places, rows);
    await expect(service.find(recording?.id ?? '')).rejects.toMatchObject({ errorId: 'recording-key-gone' });
    expect((await service.find(other?.id ?? '')).id).toBe(keys.get(other?.id ?? ''));
  });

  it('that is the master key itself makes everything unreadable, and says which one is missing', async () => {
    const { from } = await rotateMasterKey(places, rows);
    const text = await readFile(join(places.secretsDir, `master-key.previous-${from}`), 'utf8');
    const current = await readFile(join(places.secretsDir, 'master-key'), 'utf8');
    await writeFile(join(places.secretsDir, 'master-key'), text);
    const service = recordingKeys(database.dataSource, database.settings);
    await expect(service.find(RECORDINGS[0]?.id ?? '')).rejects.toThrow(MasterKeyUnknownError);
    await writeFile(join(places.secretsDir, 'master-key'), current);
    await expectAllReadable();
  });
});

const SUPPORT = '../../../../test/medium/recordings/';

/** @returns whether it died on the way; false when it had fewer steps to take */
async function rotateAndDie(dieAt: number, when: 'before' | 'after'): Promise<boolean> {
  const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = database.settings.operator;
  const child = fork(new URL(`${SUPPORT}rotation-victim.ts`, import.meta.url), {
    execArgv: ['--no-warnings', '--import', new URL(`${SUPPORT}swc-register.mjs`, import.meta.url).href],
    env: { DENWABAN_HOME, DENWABAN_POSTGRES_URL },
  });
  await once(child, 'message');
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  child.send({ dieAt, when });
  const [code, signal] = await exit;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the victim ended by itself: ${code ?? signal}`);
  return signal === 'SIGKILL';
}
