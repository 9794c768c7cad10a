import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { decodeFlac, tones } from '../../../../test/medium/recordings/audio.ts';
import {
  FaultyRecordingStore,
  type StoreFault,
  type StoreOperation,
} from '../../../../test/medium/recordings/faulty-recording-store.ts';
import {
  diskStore,
  filesBelow,
  sealingService,
  type SealingParts,
  spoolCall,
  unsealed,
} from '../../../../test/medium/recordings/sealing-bench.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { troubleOf } from './sealing-trouble.ts';

const SECOND = tones(1000, 440, 1000);

let database: TestDatabase;
let layout: TestDatabase['settings']['layout'];

const seal = (callId: string, parts?: SealingParts) =>
  sealingService(database.dataSource, database.settings, parts).seal(callId);
const failureOf = (sealing: Promise<unknown>): Promise<unknown> =>
  sealing.then(
    () => null,
    (error: unknown) => error,
  );
const rowsOf = (callId: string) => database.dataSource.manager.findBy(RecordingEntity, { callId });

/** Whatever went wrong: nothing is said to be sealed that is not, and the spool has everything until it is. */
async function expectNothingLost(callId: string): Promise<void> {
  const [row] = await rowsOf(callId);
  if (row?.state === 'sealed')
    expect((await unsealed(database.dataSource, database.settings, row)).length).toBe(row.sizeBytes);
  else expect(await filesBelow(layout.spool)).toHaveLength(2);
  expect(await filesBelow(join(layout.run, 'sealing'))).toEqual([]);
}

async function expectSealedOnce(callId: string): Promise<void> {
  const rows = await rowsOf(callId);
  expect(rows).toMatchObject([{ state: 'sealed', completeness: 'complete', trouble: null }]);
  for (const row of rows) {
    const flac = await unsealed(database.dataSource, database.settings, row);
    expect((await decodeFlac(database.settings.endpoints.toolsDir, flac)).equals(SECOND)).toBe(true);
    expect((await filesBelow(layout.vault)).filter((path) => !path.startsWith('.writing'))).toEqual([row.path]);
    expect(await filesBelow(layout.spool)).toEqual([]);
    expect(await database.dataSource.manager.countBy(AuditEventEntity, { subject: row.id })).toBe(1);
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  layout = database.settings.layout;
});

afterEach(async () => {
  for (const file of await filesBelow(layout.vault)) await rm(join(layout.vault, file));
});

afterAll(() => database.drop());

/** What a person is told, or null where the fault does not keep the recording from being sealed. */
const FAULTS: [StoreOperation, StoreFault, string | null][] = [
  ['check', 'fail-always', 'vault-failed'],
  ['check', 'fail-once', 'vault-failed'],
  ['check', 'refuse', 'vault-refused'],
  ['check', 'slow', null],
  ['write', 'fail-always', 'vault-failed'],
  ['write', 'fail-once', 'vault-failed'],
  ['write', 'refuse', 'vault-refused'],
  ['write', 'full', 'vault-full'],
  ['write', 'short', 'vault-file-damaged'],
  ['write', 'truncate', 'vault-file-damaged'],
  ['write', 'flip-byte', 'vault-file-damaged'],
  ['write', 'vanish', 'vault-file-damaged'],
  ['write', 'slow', null],
  ['sizeOf', 'fail-always', 'vault-failed'],
  ['sizeOf', 'fail-once', 'vault-failed'],
  ['sizeOf', 'truncate', 'vault-file-damaged'],
  ['sizeOf', 'vanish', 'vault-file-damaged'],
  ['sizeOf', 'slow', null],
  ['read', 'fail-always', 'vault-failed'],
  ['read', 'fail-once', 'vault-failed'],
  ['read', 'refuse', 'vault-refused'],
  ['read', 'short', 'vault-file-damaged'],
  ['read', 'truncate', 'vault-file-damaged'],
  ['read', 'flip-byte', 'vault-file-damaged'],
  ['read', 'vanish', 'vault-file-damaged'],
  ['read', 'slow', null],
];

describe('sealing into a store whose', () => {
  it.each(FAULTS)('%s meets %s', async (operation, fault, trouble) => {
    const callId = await spoolCall(layout, { pcm: SECOND });
    const store = new FaultyRecordingStore(diskStore(database.settings), fault, operation);
    const failure = await failureOf(seal(callId, { store }));
    expect(failure === null ? null : troubleOf(failure)).toBe(trouble);
    await expectNothingLost(callId);
    if (fault === 'fail-once') expect(await failureOf(seal(callId, { store }))).toBeNull();
    else if (trouble !== null) await seal(callId);
    await expectSealedOnce(callId);
  });

  it.each<StoreFault>(['fail-always', 'refuse', 'vanish'])('removal of a superseded file meets %s', async (fault) => {
    const callId = await spoolCall(layout, { pcm: SECOND.subarray(0, SECOND.length / 2), lengthMs: 1000 });
    const journal = await readFile(join(layout.spool, `${callId}.jsonl`));
    await seal(callId);
    for (const [ending, content] of [
      ['raw', SECOND],
      ['jsonl', journal],
    ] as const) {
      await writeFile(join(layout.spool, `${callId}.${ending}`), content);
    }
    const store = new FaultyRecordingStore(diskStore(database.settings), fault, 'remove');
    const failure = await failureOf(seal(callId, { store }));
    await expectNothingLost(callId);
    expect((await rowsOf(callId))[0]?.path).toMatch(/\.2\.c2sp$/);
    if (fault === 'vanish') expect(failure).toBeNull();
    else await seal(callId);
    const paths = (await rowsOf(callId)).map(({ path }) => path);
    if (fault !== 'vanish') expect(await filesBelow(layout.vault)).toEqual(paths);
    expect(await filesBelow(layout.spool)).toEqual([]);
  });
});

describe('sealing with', () => {
  it('an encoder that fails names it, keeps its words and leaves nothing behind', async () => {
    const callId = await spoolCall(layout, { pcm: SECOND });
    const failure = await failureOf(seal(callId, { flac: '/bin/false' }));
    expect(troubleOf(failure)).toBe('encoder-failed');
    await expectNothingLost(callId);
    await seal(callId);
    await expectSealedOnce(callId);
  });

  it('a full disk at any step of the store says that it is the vault, and ends well afterwards', async () => {
    const unclear: string[] = [];
    for (let faultAt = 1, reached = true; reached; faultAt++) {
      const callId = await spoolCall(layout, { pcm: SECOND });
      let struck = '';
      const steps: Steps = new Steps(faultAt, 'before', () => {
        struck = steps.names.at(-1) ?? '';
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      });
      const failure = await failureOf(seal(callId, { steps }));
      reached = steps.faultReached;
      // `disk.rm` lets go of the spool, after all is done.
      const ofStore = /^(disk|file)\.(?!rm$)/.test(struck);
      if (failure !== null && ofStore && !troubleOf(failure).startsWith('vault-')) unclear.push(struck);
      await expectNothingLost(callId);
      await seal(callId);
      await expectSealedOnce(callId);
      for (const file of await filesBelow(layout.vault)) await rm(join(layout.vault, file));
    }
    expect(unclear).toEqual([]);
  });
});
