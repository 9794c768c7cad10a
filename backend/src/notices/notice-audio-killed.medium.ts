import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { writeEndpoints } from '../../../provisioning/box/endpoints.ts';
import { ensureCertificates } from '../../../provisioning/box/certificates.ts';
import { ADMIN } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import { wavHeader } from '../recordings/formats/mixed-wav.ts';
import { NoticeAudioList } from './notice-audio.schema.ts';

const NOTICE_AUDIO = '/api/v1/notice-audio';
const SUPPORT = '../../../test/medium/';
/** A process of its own may take long to start on a busy machine. */
const PATIENCE_MS = 60_000;

/** Two seconds of a tone, signed 16 bit, 8 kHz. */
const tone = (hertz: number) =>
  Buffer.from(
    Int16Array.from({ length: 16_000 }, (_, n) => Math.round(8000 * Math.sin((2 * Math.PI * hertz * n) / 8000))).buffer,
  );
const wav = (pcm: Buffer) => Buffer.concat([wavHeader(pcm.length / 2), pcm]);

let database: TestDatabase;
let running: Set<ChildProcess>;

const home = (...parts: string[]) => join(database.settings.operator.DENWABAN_HOME, ...parts);
/** While this file is there, no tool comes to its end. */
const hold = () => home('hold');
const scratch = () => readdirSync(join(database.settings.layout.run, 'notice-audio'));
const recorded = (...parts: string[]) => join(database.settings.layout.asteriskRecorded, ...parts);

/** The usual tools, which wait while they are held. */
function holdTools(): void {
  const { layout, endpoints } = database.settings;
  const { toolsDir } = endpoints;
  const tools = home('tools');
  mkdirSync(tools);
  for (const name of readdirSync(toolsDir))
    if (name !== 'prlimit') symlinkSync(join(toolsDir, name), join(tools, name));
  const script = `#!/bin/sh\nwhile [ -e '${hold()}' ]; do echo held >'${home('held')}'; sleep 0.05; done\n`;
  writeFileSync(join(tools, 'prlimit'), `${script}exec '${toolsDir}/prlimit' "$@"\n`, { mode: 0o755 });
  writeEndpoints(layout, { ...endpoints, toolsDir: tools });
}

/** @returns a process, and the port at which it answers */
async function start(part: 'api' | 'worker'): Promise<{ child: ChildProcess; port: number }> {
  const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = database.settings.operator;
  const child = fork(new URL(`${SUPPORT}notices/victim.ts`, import.meta.url), [part], {
    execArgv: ['--no-warnings', '--import', new URL(`${SUPPORT}recordings/swc-register.mjs`, import.meta.url).href],
    env: { DENWABAN_HOME, DENWABAN_POSTGRES_URL, DENWABAN_ADMIN_PASSWORD: ADMIN.password },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  const ended = once(child, 'exit').then((how) => {
    throw new Error(`the ${part} ended by itself: ${String(how)}`);
  });
  ended.catch(() => undefined);
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  return { child, port };
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
}

async function visit(port: number): Promise<Visitor> {
  await eventually(
    async () => (await database.dataSource.query<unknown[]>('SELECT 1 FROM users')).length > 0,
    PATIENCE_MS,
  );
  const visitor = new Visitor(port, readFileSync(join(database.settings.layout.tls, 'ca.crt')));
  // 503 while its own connections to the database come up.
  await eventually(async () => {
    const { status } = await visitor.logIn(ADMIN.login, ADMIN.password);
    expect([200, 503]).toContain(status);
    return status === 200;
  }, PATIENCE_MS);
  return visitor;
}

const upload = (visitor: Visitor, bytes: Buffer) =>
  visitor.ask('POST', `${NOTICE_AUDIO}/uploads`, { body: bytes, headers: { 'sound-name': 'a' } });

/** Half of a file, whose sender waits for ever. */
function uploadHalf({ cookie }: Visitor, port: number): void {
  const headers = { cookie: cookie ?? '', 'sound-name': 'a', 'content-type': 'application/octet-stream' };
  const request = httpsRequest({
    ...{ host: '127.0.0.1', port, rejectUnauthorized: false, method: 'POST', path: `${NOTICE_AUDIO}/uploads` },
    headers: { ...headers, 'content-length': 1_000_000 },
  });
  request.on('error', () => undefined);
  request.write(Buffer.alloc(100_000));
}

const stored = async () =>
  (await database.dataSource.query<{ source: string }[]>('SELECT source FROM notice_audio')).map(
    ({ source }) => source,
  );

/** Lets a process come to where it stores a sound, and no further. */
async function whileNothingIsStored(work: (waits: () => Promise<boolean>) => Promise<void>): Promise<void> {
  await database.dataSource.transaction(async (manager) => {
    await manager.query('LOCK TABLE notice_audio IN SHARE ROW EXCLUSIVE MODE');
    await work(async () => {
      // On another connection: within a transaction this list does not change.
      const waiting: unknown[] = await database.dataSource.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND query LIKE 'LOCK TABLE notice_audio%'`,
      );
      return waiting.length > 0;
    });
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  running = new Set();
  const { tls } = database.settings.layout;
  await ensureCertificates(tls, { addresses: ['127.0.0.1'], hosts: ['localhost'] }, new Date());
  holdTools();
});
beforeEach(async () => {
  rmSync(home('held'), { force: true });
  await database.dataSource.query('TRUNCATE notice_audio');
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(hold(), { force: true });
  await database.drop();
});

describe('a process that is killed', () => {
  it('while it receives a sound, converts one and stores one leaves nothing of them once it is started again', async () => {
    const { child, port } = await start('api');
    const visitor = await visit(port);
    const [first, second] = [wav(tone(400)), wav(tone(500))];
    const answers: Promise<unknown>[] = [];
    await whileNothingIsStored(async (waits) => {
      answers.push(upload(visitor, first));
      await eventually(waits, PATIENCE_MS);
      writeFileSync(hold(), '');
      answers.push(upload(visitor, second));
      await eventually(() => Promise.resolve(readdirSync(home()).includes('held')), PATIENCE_MS);
      uploadHalf(visitor, port);
      await eventually(() => Promise.resolve(scratch().length === 2), PATIENCE_MS);
      await kill(child);
      expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });
    visitor.leave();
    rmSync(hold());
    expect(scratch()).toHaveLength(2);

    const next = await start('api');
    const again = await visit(next.port);
    const { audio } = (await again.ask('GET', NOTICE_AUDIO)).as(NoticeAudioList);
    expect(audio.filter(({ source }) => source !== 'shipped')).toEqual([]);
    for (const bytes of [first, second]) expect((await upload(again, bytes)).status).toBe(200);
    expect([scratch(), await stored()]).toEqual([[], ['upload', 'upload']]);
    again.leave();
    await kill(next.child);
  });

  it('while it levels a notice recorded by phone takes it over the next time, once', async () => {
    mkdirSync(recorded(), { recursive: true });
    writeFileSync(recorded('7-201-1795300000-1.sln'), tone(400));
    writeFileSync(recorded('7-201-1795300000-1.done'), '');
    writeFileSync(hold(), '');
    const { child: killed } = await start('worker');
    await eventually(() => Promise.resolve(readdirSync(home()).includes('held')), PATIENCE_MS);
    await kill(killed);
    rmSync(hold());
    expect([await stored(), readdirSync(recorded())]).toEqual([
      [],
      expect.arrayContaining(['7-201-1795300000-1.done']),
    ]);
    const { child } = await start('worker');
    await eventually(() => Promise.resolve(readdirSync(recorded()).length === 1), PATIENCE_MS);
    expect([await stored(), readdirSync(recorded())]).toEqual([['phone'], ['7-201-1795300000-1.sln']]);
    await kill(child);
  });
});
