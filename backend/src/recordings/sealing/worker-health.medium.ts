import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { filesBelow } from '../../../../test/medium/recordings/sealing-bench.ts';
import { WorkerScene } from '../../../../test/medium/recordings/worker-scene.ts';
import { formatMasterKey } from '../encryption/master-key-file.ts';
import { loadMasterKey } from '../encryption/master-key.ts';
import { VaultCheck } from '../vault/vault-check.service.ts';
import { WorkerHealth } from './worker-health.service.ts';

let scene: WorkerScene;

beforeEach(async () => {
  scene = await WorkerScene.open();
});

afterEach(() => scene.close());

describe('the health of worker and vault', () => {
  it('is reported, and goes from good to bad when the disk of the vault is gone', async () => {
    const running = await scene.startWorker();
    await eventually(async () => (await scene.healthOf('vault'))?.status === 'ok');
    expect((await scene.healthOf('worker'))?.status).toBe('ok');
    await rename(scene.layout.vault, `${scene.layout.vault}.unmounted`);
    await mkdir(scene.layout.vault);
    const callId = await scene.spool();
    await eventually(async () => (await scene.rowsOf(callId))[0]?.trouble === 'vault-refused');
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault')).toMatchObject({ status: 'down' });
    expect(await scene.healthOf('worker')).toMatchObject({ status: 'degraded' });
    expect(await filesBelow(scene.layout.vault)).toEqual([]);
    await rm(scene.layout.vault, { recursive: true });
    await rename(`${scene.layout.vault}.unmounted`, scene.layout.vault);
    await eventually(() => scene.isSealed(callId), 20_000);
  });

  it('counts recordings whose file is missing, deletes none, and forgets it when the file is back', async () => {
    const running = await scene.startWorker();
    const callId = await scene.spool();
    await eventually(() => scene.spoolIsEmpty());
    const file = join(scene.layout.vault, (await scene.rowOf(callId)).path ?? '');
    await rename(file, `${file}.away`);
    await running.get(VaultCheck).check();
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault')).toMatchObject({ status: 'degraded' });
    expect(await scene.isSealed(callId)).toBe(true);
    await rename(`${file}.away`, file);
    await running.get(VaultCheck).check();
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault')).toMatchObject({ status: 'ok' });
  });
});

describe('the health of the vault’s key', () => {
  it('is told from the start; what cannot be encrypted stays in the spool and is sealed once the key is back', async () => {
    const path = join(scene.layout.secrets, 'master-key');
    const kept = await readFile(path);
    await rm(path);
    const callId = await scene.spool();
    const running = await scene.startWorker();
    await eventually(async () => (await scene.rowsOf(callId))[0]?.trouble === 'vault-key-unusable');
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault-key')).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('復旧シートから鍵を戻してください'),
    });
    expect(await scene.healthOf('worker')).toMatchObject({ status: 'degraded' });
    expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
    expect(await filesBelow(scene.layout.vault)).toEqual([]);
    await writeFile(path, kept, { mode: 0o600 });
    await eventually(() => scene.isSealed(callId), 20_000);
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault-key')).toMatchObject({ status: 'ok' });
  });

  it('names the master key that is needed where another one is in its place', async () => {
    const callId = await scene.spool();
    const running = await scene.startWorker();
    await eventually(() => scene.isSealed(callId));
    const { wrapping } = await loadMasterKey(scene.settings.masterKeyPlaces);
    await writeFile(join(scene.layout.secrets, 'master-key'), formatMasterKey(Buffer.alloc(32, 9)), { mode: 0o600 });
    await running.get(WorkerHealth).report();
    expect(await scene.healthOf('vault-key')).toMatchObject({
      status: 'down',
      detail: expect.stringContaining(wrapping.id),
    });
  });
});
