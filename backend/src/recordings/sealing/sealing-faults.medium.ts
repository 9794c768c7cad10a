import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  FaultyRecordingStore,
  type StoreFault,
  type StoreOperation,
} from '../../../../test/medium/recordings/faulty-recording-store.ts';
import { diskStore, filesBelow } from '../../../../test/medium/recordings/sealing-bench.ts';
import { SealingScene, SECOND } from '../../../../test/medium/recordings/sealing-scene.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { troubleOf } from './sealing-trouble.ts';

let scene: SealingScene;

const failureOf = (sealing: Promise<unknown>): Promise<unknown> =>
  sealing.then(
    () => null,
    (error: unknown) => error,
  );

/** Whatever went wrong: nothing is said to be sealed that is not, and the spool has everything until it is. */
async function expectNothingLost(callId: string): Promise<void> {
  const [row] = await scene.rowsOf(callId);
  if (row?.state === 'sealed') expect((await scene.flacOf(row)).length).toBe(row.sizeBytes);
  else expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
  expect(await filesBelow(join(scene.layout.run, 'sealing'))).toEqual([]);
}

beforeAll(async () => {
  scene = await SealingScene.open();
});

afterEach(() => scene.emptyVault());

afterAll(() => scene.close());

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
    const callId = await scene.spool();
    const store = new FaultyRecordingStore(diskStore(scene.settings), fault, operation);
    const failure = await failureOf(scene.seal(callId, { store }));
    expect(failure === null ? null : troubleOf(failure)).toBe(trouble);
    await expectNothingLost(callId);
    if (fault === 'fail-once') expect(await failureOf(scene.seal(callId, { store }))).toBeNull();
    else if (trouble !== null) await scene.seal(callId);
    await scene.expectAlone(callId);
  });

  it.each<StoreFault>(['fail-always', 'refuse', 'vanish'])('removal of a superseded file meets %s', async (fault) => {
    const callId = await scene.spool({ pcm: SECOND.subarray(0, SECOND.length / 2), lengthMs: 1000 });
    const journal = await readFile(join(scene.layout.spool, `${callId}.jsonl`));
    await scene.seal(callId);
    for (const [ending, content] of [
      ['raw', SECOND],
      ['jsonl', journal],
    ] as const) {
      await writeFile(join(scene.layout.spool, `${callId}.${ending}`), content);
    }
    const store = new FaultyRecordingStore(diskStore(scene.settings), fault, 'remove');
    const failure = await failureOf(scene.seal(callId, { store }));
    await expectNothingLost(callId);
    expect((await scene.rowsOf(callId))[0]?.path).toMatch(/\.2\.c2sp$/);
    if (fault === 'vanish') expect(failure).toBeNull();
    else await scene.seal(callId);
    const paths = (await scene.rowsOf(callId)).map(({ path }) => path);
    if (fault !== 'vanish') expect(await filesBelow(scene.layout.vault)).toEqual(paths);
    expect(await filesBelow(scene.layout.spool)).toEqual([]);
  });
});

describe('sealing with', () => {
  it('an encoder that fails names it, keeps its words and leaves nothing behind', async () => {
    const callId = await scene.spool();
    const failure = await failureOf(scene.seal(callId, { flac: '/bin/false' }));
    expect(troubleOf(failure)).toBe('encoder-failed');
    await expectNothingLost(callId);
    await scene.seal(callId);
    await scene.expectAlone(callId);
  });

  it('a full disk at any step of the store says that it is the vault, and ends well afterwards', async () => {
    const unclear: string[] = [];
    for (let faultAt = 1, reached = true; reached; faultAt++) {
      const callId = await scene.spool();
      let struck = '';
      const steps: Steps = new Steps(faultAt, 'before', () => {
        struck = steps.names.at(-1) ?? '';
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      });
      const failure = await failureOf(scene.seal(callId, { steps }));
      reached = steps.faultReached;
      // `disk.rm` lets go of the spool, after all is done.
      const ofStore = /^(disk|file)\.(?!rm$)/.test(struck);
      if (failure !== null && ofStore && !troubleOf(failure).startsWith('vault-')) unclear.push(struck);
      await expectNothingLost(callId);
      await scene.seal(callId);
      await scene.expectAlone(callId);
      await scene.emptyVault();
    }
    expect(unclear).toEqual([]);
  });
});
