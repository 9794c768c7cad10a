import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { tones } from '../../../../test/medium/recordings/audio.ts';
import { filesBelow } from '../../../../test/medium/recordings/sealing-bench.ts';
import { SECOND } from '../../../../test/medium/recordings/sealing-scene.ts';
import { WorkerScene } from '../../../../test/medium/recordings/worker-scene.ts';
import { SealingQueue } from './sealing-queue.service.ts';

let scene: WorkerScene;

const endOf = (callId: string, endedAt = Date.now()) =>
  appendFile(
    join(scene.layout.spool, `${callId}.jsonl`),
    `${JSON.stringify({ e: 'end', at: (endedAt / 1000).toFixed(3), cause: '16', by: 'caller' })}\n`,
  );

beforeEach(async () => {
  scene = await WorkerScene.open();
});

afterEach(() => scene.close());

describe('the worker', () => {
  it('seals what it finds when it starts, and throws away what a killed one was encoding', async () => {
    const half = join(scene.layout.run, 'sealing', 'half.flac');
    await mkdir(dirname(half));
    await writeFile(half, 'fLaC');
    const calls = [await scene.spool(), await scene.spool(), await scene.spool({ pcm: null, recorder: false })];
    await scene.startWorker();
    await eventually(() => scene.spoolIsEmpty());
    const states = await Promise.all(calls.map(async (callId) => (await scene.rowOf(callId)).state));
    expect(states).toEqual(['sealed', 'sealed', 'none']);
    expect(await filesBelow(dirname(half))).toEqual([]);
  });

  it('seals a call as soon as it ends, and leaves it alone until then', async () => {
    await scene.startWorker();
    const callId = await scene.spool({ pcm: SECOND, endedBy: null });
    await delay(1500);
    expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
    await endOf(callId);
    const endedMs = performance.now();
    await eventually(() => scene.isSealed(callId));
    expect(performance.now() - endedMs).toBeLessThan(5000);
  });

  it('is not held up by a call that cannot be sealed, says so, and seals it once it can', async () => {
    const poisoned = await scene.spool({ pcm: null, lengthMs: 1000 });
    const raw = join(scene.layout.spool, `${poisoned}.raw`);
    // A link to itself: there is something, and nobody can say what.
    await symlink(raw, raw);
    const queue = (await scene.startWorker()).get(SealingQueue);
    const others = await Promise.all([scene.spool(), scene.spool(), scene.spool()]);
    for (const callId of others) await eventually(() => scene.isSealed(callId));
    await eventually(() => queue.state().failing === 1);
    expect(queue.state().trouble).toBe('internal');
    await rm(raw);
    await writeFile(raw, SECOND);
    await eventually(() => scene.isSealed(poisoned), 20_000);
    expect((await scene.rowOf(poisoned)).trouble).toBeNull();
    await eventually(() => queue.state().failing === 0);
  });

  it('starts and waits while the database is down, and loses nothing', async () => {
    await scene.database.dataSource.destroy();
    await scene.database.setReachable(false);
    await scene.startWorker();
    const callId = await scene.spool();
    await delay(1200);
    expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
    await scene.database.setReachable(true);
    await scene.database.dataSource.initialize();
    await eventually(() => scene.isSealed(callId), 15_000);
  });

  it('goes on by itself when the database was away for a while', async () => {
    await scene.startWorker();
    const first = await scene.spool();
    await eventually(() => scene.isSealed(first));
    await scene.database.dataSource.destroy();
    await scene.database.setReachable(false);
    const second = await scene.spool();
    await delay(1500);
    await scene.database.setReachable(true);
    await scene.database.dataSource.initialize();
    await eventually(() => scene.isSealed(second), 15_000);
  });

  it('knows when media began from the growth of the file', async () => {
    await scene.startWorker();
    const beganMs = Date.now();
    const callId = await scene.spool({ pcm: Buffer.alloc(0), endedBy: null, events: [[0, { e: 'accepted' }]] });
    await delay(1300);
    // Asterisk's first write: 1.024 s of audio in one step, so media began 276 ms after the recorder.
    await appendFile(join(scene.layout.spool, `${callId}.raw`), tones(1024, 440, 1000));
    await endOf(callId);
    await eventually(() => scene.isSealed(callId));
    const row = await scene.rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete' });
    expect(row.missingMs).toBeLessThan(100);
    expect(Math.abs((row.leadingSilenceMs ?? 0) - 276)).toBeLessThan(250);
    expect(row.startedAt.getTime()).toBeGreaterThanOrEqual(beganMs);
  });
});

describe('the worker process', () => {
  const start = () =>
    fork(new URL('../../main/worker.ts', import.meta.url), {
      execArgv: [
        '--no-warnings',
        '--import',
        new URL('../../../../test/medium/recordings/swc-register.mjs', import.meta.url).href,
      ],
      env: {
        DENWABAN_HOME: scene.settings.operator.DENWABAN_HOME,
        DENWABAN_POSTGRES_URL: scene.settings.operator.DENWABAN_POSTGRES_URL,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });

  it('killed again and again leaves exactly one recording of each call', async () => {
    const calls = await Promise.all(Array.from({ length: 12 }, () => scene.spool()));
    for (const lifetimeMs of [0, 40, 90, 150, 220]) {
      const child = start();
      const gone = once(child, 'exit');
      await once(child, 'message');
      await delay(lifetimeMs);
      child.kill('SIGKILL');
      await gone;
    }
    const last = start();
    const gone = once(last, 'exit') as Promise<[number | null]>;
    await eventually(() => scene.spoolIsEmpty(), 60_000);
    last.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
    for (const callId of calls) await scene.expectRecordedOnce(callId);
    expect((await filesBelow(scene.layout.vault)).filter((path) => path.endsWith('.c2sp'))).toHaveLength(calls.length);
    expect(await filesBelow(join(scene.layout.run, 'sealing'))).toEqual([]);
  });

  it('stops in time when it is told to, or when the starter is gone', async () => {
    for (const end of ['SIGTERM', 'disconnect'] as const) {
      const child = start();
      const gone = once(child, 'exit') as Promise<[number | null]>;
      await once(child, 'message');
      const toldMs = performance.now();
      if (end === 'disconnect') child.disconnect();
      else child.kill(end);
      expect((await gone)[0]).toBe(0);
      expect(performance.now() - toldMs).toBeLessThan(3000);
    }
  });
});
