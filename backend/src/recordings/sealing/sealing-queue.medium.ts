import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { decodeFlac, tones } from '../../../../test/medium/recordings/audio.ts';
import { filesBelow, sealingService, spoolCall, unsealed } from '../../../../test/medium/recordings/sealing-bench.ts';
import { AuditEventEntity } from '../../audit/audit-event.entity.ts';
import { CallEntity } from '../../calls/call.entity.ts';
import { HealthReportEntity } from '../../health/health-report.entity.ts';
import { DatabaseConnector } from '../../platform/database-connector.ts';
import { Logger } from '../../platform/logging.ts';
import { PlatformModule } from '../../platform/platform.module.ts';
import { formatMasterKey } from '../encryption/master-key-file.ts';
import { loadMasterKey } from '../encryption/master-key.ts';
import { RecordingEntity } from '../recording.entity.ts';
import { SealingQueue } from './sealing-queue.service.ts';
import { SealingModule } from './sealing.module.ts';
import { BRAKE, VaultCheck } from '../vault/vault-check.service.ts';
import { WorkerHealth } from './worker-health.service.ts';

const SECOND = tones(1000, 440, 1000);

@Module({})
class WorkerUnderTest {}

let database: TestDatabase;
let layout: TestDatabase['settings']['layout'];
let worker: INestApplicationContext | undefined;

const spool = (call: Parameters<typeof spoolCall>[1] = { pcm: SECOND }) => spoolCall(layout, call);
const rowOf = (callId: string) => database.dataSource.manager.findOneBy(RecordingEntity, { callId });
const isSealed = async (callId: string) => (await rowOf(callId))?.state === 'sealed';
const spoolIsEmpty = async () => (await filesBelow(layout.spool)).length === 0;
const healthOf = (checkId: string) => database.dataSource.manager.findOneBy(HealthReportEntity, { checkId });
const endOf = (callId: string, endedAt = Date.now()) =>
  appendFile(
    join(layout.spool, `${callId}.jsonl`),
    `${JSON.stringify({ e: 'end', at: (endedAt / 1000).toFixed(3), cause: '16', by: 'caller' })}\n`,
  );

async function startWorker(): Promise<INestApplicationContext> {
  const logger = new Logger('worker', 'silent');
  const platform = PlatformModule.forProcess(database.settings, logger, 4);
  worker = await NestFactory.createApplicationContext(
    { module: WorkerUnderTest, imports: [platform, SealingModule] },
    { logger, abortOnError: false },
  );
  return worker;
}

/** Its own look at files and rows needs the database, which a starting worker does not wait for. */
async function connectedVaultCheck(): Promise<VaultCheck> {
  const running = await startWorker();
  await running.get(DatabaseConnector).ready();
  return running.get(VaultCheck);
}

beforeEach(async () => {
  database = await createTestDatabase();
  layout = database.settings.layout;
});

afterEach(async () => {
  await worker?.close();
  worker = undefined;
  await database.drop();
});

describe('the worker', () => {
  it('seals what it finds when it starts, and throws away what a killed one was encoding', async () => {
    const half = join(layout.run, 'sealing', 'half.flac');
    await mkdir(dirname(half));
    await writeFile(half, 'fLaC');
    const calls = [await spool(), await spool(), await spool({ pcm: null, recorder: false })];
    await startWorker();
    await eventually(spoolIsEmpty);
    const states = await Promise.all(calls.map(async (callId) => (await rowOf(callId))?.state));
    expect(states).toEqual(['sealed', 'sealed', 'none']);
    expect(await filesBelow(dirname(half))).toEqual([]);
  });

  it('seals a call as soon as it ends, and leaves it alone until then', async () => {
    await startWorker();
    const callId = await spool({ pcm: SECOND, endedBy: null });
    await delay(1500);
    expect(await filesBelow(layout.spool)).toHaveLength(2);
    await endOf(callId);
    const endedMs = performance.now();
    await eventually(() => isSealed(callId));
    expect(performance.now() - endedMs).toBeLessThan(5000);
  });

  it('is not held up by a call that cannot be sealed, says so, and seals it once it can', async () => {
    const poisoned = await spool({ pcm: null, lengthMs: 1000 });
    const raw = join(layout.spool, `${poisoned}.raw`);
    // A link to itself: there is something, and nobody can say what.
    await symlink(raw, raw);
    const queue = (await startWorker()).get(SealingQueue);
    const others = await Promise.all([spool(), spool(), spool()]);
    for (const callId of others) await eventually(() => isSealed(callId));
    await eventually(() => queue.state().failing === 1);
    expect(queue.state().trouble).toBe('internal');
    await rm(raw);
    await writeFile(raw, SECOND);
    await eventually(() => isSealed(poisoned), 20_000);
    expect((await rowOf(poisoned))?.trouble).toBeNull();
    await eventually(() => queue.state().failing === 0);
  });

  it('starts and waits while the database is down, and loses nothing', async () => {
    await database.dataSource.destroy();
    await database.setReachable(false);
    await startWorker();
    const callId = await spool();
    await delay(1200);
    expect(await filesBelow(layout.spool)).toHaveLength(2);
    await database.setReachable(true);
    await database.dataSource.initialize();
    await eventually(() => isSealed(callId), 15_000);
  });

  it('goes on by itself when the database was away for a while', async () => {
    await startWorker();
    const first = await spool();
    await eventually(() => isSealed(first));
    await database.dataSource.destroy();
    await database.setReachable(false);
    const second = await spool();
    await delay(1500);
    await database.setReachable(true);
    await database.dataSource.initialize();
    await eventually(() => isSealed(second), 15_000);
  });

  it('knows when media began from the growth of the file', async () => {
    await startWorker();
    const beganMs = Date.now();
    const callId = await spool({ pcm: Buffer.alloc(0), endedBy: null, events: [[0, { e: 'accepted' }]] });
    await delay(1300);
    // Asterisk's first write: 1.024 s of audio in one step, so media began 276 ms after the recorder.
    await appendFile(join(layout.spool, `${callId}.raw`), tones(1024, 440, 1000));
    await endOf(callId);
    await eventually(() => isSealed(callId));
    const row = await rowOf(callId);
    expect(row).toMatchObject({ completeness: 'complete' });
    expect(row?.missingMs).toBeLessThan(100);
    expect(Math.abs((row?.leadingSilenceMs ?? 0) - 276)).toBeLessThan(250);
    expect(row?.startedAt.getTime()).toBeGreaterThanOrEqual(beganMs);
  });
});

describe('the health of worker and vault', () => {
  it('is reported, and goes from good to bad when the disk of the vault is gone', async () => {
    const running = await startWorker();
    await eventually(async () => (await healthOf('vault'))?.status === 'ok');
    expect((await healthOf('worker'))?.status).toBe('ok');
    await rename(layout.vault, `${layout.vault}.unmounted`);
    await mkdir(layout.vault);
    const callId = await spool();
    await eventually(async () => (await rowOf(callId))?.trouble === 'vault-refused');
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault')).toMatchObject({ status: 'down' });
    expect(await healthOf('worker')).toMatchObject({ status: 'degraded' });
    expect(await filesBelow(layout.vault)).toEqual([]);
    await rm(layout.vault, { recursive: true });
    await rename(`${layout.vault}.unmounted`, layout.vault);
    await eventually(() => isSealed(callId), 20_000);
  });

  it('counts recordings whose file is missing, deletes none, and forgets it when the file is back', async () => {
    const running = await startWorker();
    const callId = await spool();
    await eventually(spoolIsEmpty);
    const file = join(layout.vault, (await rowOf(callId))?.path ?? '');
    await rename(file, `${file}.away`);
    await running.get(VaultCheck).check();
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault')).toMatchObject({ status: 'degraded' });
    expect(await isSealed(callId)).toBe(true);
    await rename(`${file}.away`, file);
    await running.get(VaultCheck).check();
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault')).toMatchObject({ status: 'ok' });
  });
});

describe('a file that could not be played', () => {
  it('counts as damaged until it is what was sealed again, however right its size is', async () => {
    const running = await startWorker();
    const callId = await spool();
    await eventually(spoolIsEmpty);
    const row = await rowOf(callId);
    const file = join(layout.vault, row?.path ?? '');
    const kept = await readFile(file);
    const altered = Buffer.from(kept);
    altered.writeUInt8(altered.readUInt8(100) ^ 1, 100);
    await writeFile(file, altered);
    await database.dataSource.manager.update(RecordingEntity, { callId }, { trouble: 'vault-file-damaged' });
    await running.get(VaultCheck).check();
    expect((await rowOf(callId))?.trouble).toBe('vault-file-damaged');
    await writeFile(file, kept);
    await running.get(VaultCheck).check();
    expect((await rowOf(callId))?.trouble).toBeNull();
  });
});

describe('the health of the vault’s key', () => {
  it('is told from the start; what cannot be encrypted stays in the spool and is sealed once the key is back', async () => {
    const path = join(layout.secrets, 'master-key');
    const kept = await readFile(path);
    await rm(path);
    const callId = await spool();
    const running = await startWorker();
    await eventually(async () => (await rowOf(callId))?.trouble === 'vault-key-unusable');
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault-key')).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('復旧シートから鍵を戻してください'),
    });
    expect(await healthOf('worker')).toMatchObject({ status: 'degraded' });
    expect(await filesBelow(layout.spool)).toHaveLength(2);
    expect(await filesBelow(layout.vault)).toEqual([]);
    await writeFile(path, kept, { mode: 0o600 });
    await eventually(() => isSealed(callId), 20_000);
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault-key')).toMatchObject({ status: 'ok' });
  });

  it('names the master key that is needed where another one is in its place', async () => {
    const callId = await spool();
    const running = await startWorker();
    await eventually(() => isSealed(callId));
    const { wrapping } = await loadMasterKey(database.settings.masterKeyPlaces);
    await writeFile(join(layout.secrets, 'master-key'), formatMasterKey(Buffer.alloc(32, 9)), { mode: 0o600 });
    await running.get(WorkerHealth).report();
    expect(await healthOf('vault-key')).toMatchObject({
      status: 'down',
      detail: expect.stringContaining(wrapping.id),
    });
  });
});

describe('calls that ended with nothing in the spool', () => {
  async function fileCalls(count: number): Promise<string[]> {
    const calls: string[] = [];
    for (let call = 0; call < count; call++) calls.push(await spool({ pcm: null, lengthMs: 1000 }));
    for (const callId of calls) {
      // Dies right after the call is filed, and then the spool is lost.
      const row = {
        id: callId,
        endedAt: new Date(Date.now() - 3_600_000),
        startedAt: new Date(Date.now() - 3_700_000),
      };
      await sealingService(database.dataSource, database.settings).seal(callId);
      await database.dataSource.manager.delete(RecordingEntity, { callId });
      await database.dataSource.manager.update(CallEntity, { id: callId }, row);
    }
    return calls;
  }

  it('get a row that says why there is no recording', async () => {
    const [callId = ''] = await fileCalls(1);
    await (await connectedVaultCheck()).check();
    expect(await rowOf(callId)).toMatchObject({ state: 'none', reason: 'file-missing' });
  });

  it('are left alone and told when they are too many to be true', async () => {
    const calls = await fileCalls(BRAKE + 1);
    const check = await connectedVaultCheck();
    await check.check();
    expect(check.brakedCalls).toBe(BRAKE + 1);
    for (const callId of calls) expect(await rowOf(callId)).toBeNull();
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
        DENWABAN_HOME: database.settings.operator.DENWABAN_HOME,
        DENWABAN_POSTGRES_URL: database.settings.operator.DENWABAN_POSTGRES_URL,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });

  it('killed again and again leaves exactly one recording of each call', async () => {
    const calls = await Promise.all(Array.from({ length: 12 }, () => spool()));
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
    await eventually(spoolIsEmpty, 60_000);
    last.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
    for (const callId of calls) {
      const row = await rowOf(callId);
      expect(row).toMatchObject({ state: 'sealed', completeness: 'complete' });
      if (!row) throw new Error('the call has no recording row');
      const flac = await unsealed(database.dataSource, database.settings, row);
      const audio = await decodeFlac(database.settings.endpoints.toolsDir, flac);
      expect(audio.equals(SECOND)).toBe(true);
      expect(await database.dataSource.manager.countBy(AuditEventEntity, { subject: row.id })).toBe(1);
    }
    expect((await filesBelow(layout.vault)).filter((path) => path.endsWith('.c2sp'))).toHaveLength(calls.length);
    expect(await filesBelow(join(layout.run, 'sealing'))).toEqual([]);
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
