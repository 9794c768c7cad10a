import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { KeptLog } from '../../../test/medium/audit/kept-log.ts';
import { addEvents, settleRecording, SITE } from '../../../test/medium/audit/log-bench.ts';

const SUPPORT = '../../../test/medium/';

let log: KeptLog;
let nextVictim: ReturnType<typeof startVictim> | undefined;

async function start(): Promise<void> {
  log = await KeptLog.start();
}

describe('an untouched log', () => {
  beforeAll(start);
  afterAll(() => log.database.drop());

  it('holds every audit event in the order of the ids, and every settled recording after the event that settled it', async () => {
    await addEvents(log.database.dataSource, 3);
    const sealed = await settleRecording(log.database.dataSource);
    const without = await settleRecording(log.database.dataSource, null);
    await addEvents(log.database.dataSource, 2);
    await log.keepUp();
    const leaves = await log.query<{ kind: string; source: string }>(
      'SELECT kind, source FROM log_leaves ORDER BY index',
    );
    expect(leaves.filter(({ kind }) => kind === 'audit-event').map(({ source }) => source)).toEqual(
      (await log.query<{ id: string }>('SELECT id FROM audit_events ORDER BY id')).map(({ id }) => id),
    );
    expect(leaves.map(({ kind }) => kind).join(' ')).toBe(
      'audit-event audit-event audit-event audit-event recording audit-event recording audit-event audit-event',
    );
    expect([leaves[4]?.source, leaves[6]?.source]).toEqual([sealed, without]);
  });

  it('is found intact, also with events that are not in it yet and gaps that rolled-back inserts left', async () => {
    await log.query(`BEGIN; INSERT INTO audit_events (at, action, detail) VALUES (now(), 'a.b', '{}'); ROLLBACK`);
    await addEvents(log.database.dataSource, 1);
    await log.keepUp();
    await addEvents(log.database.dataSource, 1);
    await settleRecording(log.database.dataSource);
    expect(await log.verdict()).toMatchObject({ type: 'end', intact: true, complete: true, waitingEvents: 2 });
  });

  it('takes a recording that is sealed again for what it is now', async () => {
    const id = await settleRecording(log.database.dataSource, null);
    await log.keepUp();
    await log.query(`UPDATE recordings SET state = 'sealing' WHERE id = $1`, [id]);
    await log.query(`UPDATE recordings SET state = 'none', reason = 'file-missing' WHERE id = $1`, [id]);
    await log.query(
      `INSERT INTO audit_events (at, action, subject, detail) VALUES (now(), 'recording.none', $1, '{}')`,
      [id],
    );
    expect(await log.verdict()).toMatchObject({ intact: true });
    await log.keepUp();
    expect(await log.verdict()).toMatchObject({ intact: true, unsignedLeaves: 0 });
  });

  it('has its checkpoints in files and its key for nobody else', async () => {
    const { size, note } = await log.keepUp();
    expect(await readFile(log.checkpointFile(size), 'utf8')).toBe(note);
    expect(note.startsWith(`denwaban/${SITE}\n${size}\n`)).toBe(true);
    expect((await stat(join(log.database.settings.layout.secrets, 'log-key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(log.database.settings.layout.secrets)).toEqual(['log-key', 'master-key']);
  });

  it.each([
    ['log_leaves', 'index'],
    ['log_nodes', 'index'],
    ['log_checkpoints', 'note'],
    ['audit_events', 'action'],
  ])('%s takes no change', async (table, column) => {
    const changes = [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`];
    for (const change of changes) await expect(log.query(change)).rejects.toThrow(`${table} is append-only`);
  });
});

describe('appending', () => {
  beforeEach(start);
  afterEach(() => log.database.drop());

  it('waits for an event whose id is lower and whose transaction has not ended', async () => {
    const slow = log.database.dataSource.createQueryRunner();
    await slow.startTransaction();
    await slow.query(`INSERT INTO audit_events (at, action, detail) VALUES (now(), 'slow.one', '{}')`);
    await addEvents(log.database.dataSource, 2);
    const appending = log.keeping().appender.appendAll();
    await slow.commitTransaction();
    await slow.release();
    expect(await appending).toBe(3);
    await log.keepUp();
    expect(await log.verdict()).toMatchObject({ intact: true, leaves: 3 });
  });

  it('appends nothing, and loses nothing, while a writer does not end', async () => {
    const slow = log.database.dataSource.createQueryRunner();
    await slow.startTransaction();
    await slow.query(`INSERT INTO audit_events (at, action, detail) VALUES (now(), 'slow.one', '{}')`);
    await addEvents(log.database.dataSource, 2);
    expect(await log.keeping().appender.appendAll()).toBe(0);
    await slow.commitTransaction();
    await slow.release();
    expect(await log.keeping().appender.appendAll()).toBe(3);
  });

  it('is done once when two workers do it at once, with events written meanwhile', async () => {
    const [first, second] = [log.keeping(), log.keeping()];
    const writing = (async () => {
      for (let n = 0; n < 10; n++) await addEvents(log.database.dataSource, 150);
    })();
    for (let n = 0; n < 6; n++) {
      await Promise.all([first.appender.appendAll(), second.appender.appendAll()]);
      await Promise.all([first.signer.sign(), second.signer.sign()]);
    }
    await writing;
    await log.keepUp();
    expect(await log.verdict()).toMatchObject({ intact: true, leaves: 1500, unsignedLeaves: 0 });
  });
});

describe('the process that keeps the log', () => {
  beforeAll(start);
  afterAll(async () => {
    nextVictim?.child.kill('SIGKILL');
    await log.database.drop();
  });

  it('may be killed at every step: the next one goes on, nothing is twice, missing or contradicted', async () => {
    let died = true;
    for (let dieAt = 1; died; dieAt++) {
      if (dieAt > 80) throw new Error('there is no end of steps');
      await addEvents(log.database.dataSource, 2);
      await settleRecording(log.database.dataSource);
      died = await keepAndDie(dieAt);
      const unfinished = await log.verdict();
      // Killed between file and row, the row is still to come.
      if (unfinished?.type === 'end' && !unfinished.intact) {
        const found = await log.findings();
        expect(found).toEqual([expect.objectContaining({ what: 'checkpoint', change: 'removed', place: 'database' })]);
      }
      await log.keepUp();
      expect(await log.verdict()).toMatchObject({ intact: true, unsignedLeaves: 0, waitingEvents: 0 });
    }
  }, 240_000);
});

function startVictim(): { child: ChildProcess; ready: Promise<unknown> } {
  const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = log.database.settings.operator;
  const child = fork(new URL(`${SUPPORT}audit/log-victim.ts`, import.meta.url), {
    execArgv: ['--no-warnings', '--import', new URL(`${SUPPORT}recordings/swc-register.mjs`, import.meta.url).href],
    env: { DENWABAN_HOME, DENWABAN_POSTGRES_URL },
  });
  return { child, ready: once(child, 'message') };
}

/** @returns whether it died on the way; false when it had fewer steps to take */
async function keepAndDie(dieAt: number): Promise<boolean> {
  const { child, ready } = nextVictim ?? startVictim();
  // The next one starts while this one dies.
  nextVictim = startVictim();
  await ready;
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  child.send(dieAt);
  const [code, signal] = await exit;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the victim ended by itself: ${code ?? signal}`);
  return signal === 'SIGKILL';
}
