import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { WorkerScene } from '../../../../test/medium/recordings/worker-scene.ts';
import { CallEntity } from '../../calls/call.entity.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { BRAKE, VaultCheck } from './vault-check.service.ts';

let scene: WorkerScene;

beforeEach(async () => {
  scene = await WorkerScene.open();
});

afterEach(() => scene.close());

describe('a file that could not be played', () => {
  it('counts as damaged until it is what was sealed again, however right its size is', async () => {
    const running = await scene.startWorker();
    const callId = await scene.spool();
    await eventually(() => scene.spoolIsEmpty());
    const row = await scene.rowOf(callId);
    const file = join(scene.layout.vault, row.path ?? '');
    const kept = await readFile(file);
    const altered = Buffer.from(kept);
    altered.writeUInt8(altered.readUInt8(100) ^ 1, 100);
    await writeFile(file, altered);
    await scene.database.dataSource.manager.update(RecordingEntity, { callId }, { trouble: 'vault-file-damaged' });
    await running.get(VaultCheck).check();
    expect((await scene.rowOf(callId)).trouble).toBe('vault-file-damaged');
    await writeFile(file, kept);
    await running.get(VaultCheck).check();
    expect((await scene.rowOf(callId)).trouble).toBeNull();
  });
});

describe('calls that ended with nothing in the spool', () => {
  async function fileCalls(count: number): Promise<string[]> {
    const calls: string[] = [];
    for (let call = 0; call < count; call++) calls.push(await scene.spool({ pcm: null, lengthMs: 1000 }));
    for (const callId of calls) {
      // Dies right after the call is filed, and then the spool is lost.
      const row = {
        id: callId,
        endedAt: new Date(Date.now() - 3_600_000),
        startedAt: new Date(Date.now() - 3_700_000),
      };
      await scene.seal(callId);
      await scene.database.dataSource.manager.delete(RecordingEntity, { callId });
      await scene.database.dataSource.manager.update(CallEntity, { id: callId }, row);
    }
    return calls;
  }

  it('get a row that says why there is no recording', async () => {
    const [callId = ''] = await fileCalls(1);
    await (await scene.connectedVaultCheck()).check();
    expect(await scene.rowOf(callId)).toMatchObject({ state: 'none', reason: 'file-missing' });
  });

  it('are left alone and told when they are too many to be true', async () => {
    const calls = await fileCalls(BRAKE + 1);
    const check = await scene.connectedVaultCheck();
    await check.check();
    expect(check.brakedCalls).toBe(BRAKE + 1);
    for (const callId of calls) expect(await scene.rowsOf(callId)).toEqual([]);
  });
});
