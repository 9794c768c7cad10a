import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addEvents,
  findingsIn,
  logKeeping,
  nameSite,
  settleRecording,
  SITE,
  verify,
} from '../../../test/medium/audit/log-bench.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import { InconsistentLogError } from './audit-log.errors.ts';

const SUPPORT = '../../../test/medium/';

let database: TestDatabase;
let nextVictim: ReturnType<typeof startVictim> | undefined;
const query = <T extends object>(text: string, values: unknown[] = []) => database.dataSource.query<T[]>(text, values);
const keeping = () => logKeeping(database.dataSource, database.settings);
const findings = async () => findingsIn(await verify(database.dataSource, database.settings));
const verdict = async () => (await verify(database.dataSource, database.settings)).at(-1);
const checkpointFile = (size: number) => join(database.settings.layout.log, 'checkpoints', `${size}.txt`);
const keepUp = async () => {
  const { appender, signer } = keeping();
  await appender.appendAll();
  const signed = await signer.sign();
  if (typeof signed === 'string') throw new Error(signed);
  return signed;
};
/** Flips the lowest bit of a byte of a `bytea` column, and that of a letter of a text, by SQL. */
const FLIP = 'set_byte(%, 5, get_byte(%, 5) # 1)';
const flipped = (column: string) => FLIP.replaceAll('%', column);

async function startDatabase(): Promise<void> {
  database = await createTestDatabase();
  nameSite(database.settings);
}

describe('an untouched log', () => {
  beforeAll(startDatabase);
  afterAll(() => database.drop());

  it('holds every audit event in the order of the ids, and every settled recording after the event that settled it', async () => {
    await addEvents(database.dataSource, 3);
    const sealed = await settleRecording(database.dataSource);
    const without = await settleRecording(database.dataSource, null);
    await addEvents(database.dataSource, 2);
    await keepUp();
    const leaves = await query<{ kind: string; source: string }>('SELECT kind, source FROM log_leaves ORDER BY index');
    expect(leaves.filter(({ kind }) => kind === 'audit-event').map(({ source }) => source)).toEqual(
      (await query<{ id: string }>('SELECT id FROM audit_events ORDER BY id')).map(({ id }) => id),
    );
    expect(leaves.map(({ kind }) => kind).join(' ')).toBe(
      'audit-event audit-event audit-event audit-event recording audit-event recording audit-event audit-event',
    );
    expect([leaves[4]?.source, leaves[6]?.source]).toEqual([sealed, without]);
  });

  it('is found intact, also with events that are not in it yet and gaps that rolled-back inserts left', async () => {
    await query(`BEGIN; INSERT INTO audit_events (at, action, detail) VALUES (now(), 'a.b', '{}'); ROLLBACK`);
    await addEvents(database.dataSource, 1);
    await keepUp();
    await addEvents(database.dataSource, 1);
    await settleRecording(database.dataSource);
    expect(await verdict()).toMatchObject({ type: 'end', intact: true, complete: true, waitingEvents: 2 });
  });

  it('takes a recording that is sealed again for what it is now', async () => {
    const id = await settleRecording(database.dataSource, null);
    await keepUp();
    await query(`UPDATE recordings SET state = 'sealing' WHERE id = $1`, [id]);
    await query(`UPDATE recordings SET state = 'none', reason = 'file-missing' WHERE id = $1`, [id]);
    await query(`INSERT INTO audit_events (at, action, subject, detail) VALUES (now(), 'recording.none', $1, '{}')`, [
      id,
    ]);
    expect(await verdict()).toMatchObject({ intact: true });
    await keepUp();
    expect(await verdict()).toMatchObject({ intact: true, unsignedLeaves: 0 });
  });

  it('has its checkpoints in files and its key for nobody else', async () => {
    const { size, note } = await keepUp();
    expect(await readFile(checkpointFile(size), 'utf8')).toBe(note);
    expect(note.startsWith(`denwaban/${SITE}\n${size}\n`)).toBe(true);
    expect((await stat(join(database.settings.layout.secrets, 'log-key'))).mode & 0o777).toBe(0o600);
    expect(await readdir(database.settings.layout.secrets)).toEqual(['log-key', 'master-key']);
  });

  it.each([
    ['log_leaves', 'index'],
    ['log_nodes', 'index'],
    ['log_checkpoints', 'note'],
    ['audit_events', 'action'],
  ])('%s takes no change', async (table, column) => {
    const changes = [`UPDATE ${table} SET ${column} = ${column}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`];
    for (const change of changes) await expect(query(change)).rejects.toThrow(`${table} is append-only`);
  });
});

describe('tampering by a database administrator', () => {
  let events: string[];
  let recordings: string[];
  let signed: number;
  let earlier: number;
  let leafOf: (source: string) => number;

  beforeAll(async () => {
    await startDatabase();
    await addEvents(database.dataSource, 12);
    recordings = [];
    for (let n = 0; n < 3; n++) recordings.push(await settleRecording(database.dataSource, { durationMs: 1000 + n }));
    ({ size: earlier } = await keepUp());
    await addEvents(database.dataSource, 10);
    ({ size: signed } = await keepUp());
    events = (await query<{ id: string }>('SELECT id FROM audit_events ORDER BY id')).map(({ id }) => id);
    const leaves = await query<{ source: string; index: string }>('SELECT source, index FROM log_leaves');
    leafOf = (source) => Number(leaves.find((leaf) => leaf.source === source)?.index);
    for (const table of ['audit_events', 'recordings', 'log_leaves', 'log_nodes', 'log_checkpoints'])
      await query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    expect(await findings()).toEqual([]);
  });
  afterEach(async () => {
    for (const table of ['audit_events', 'recordings', 'log_leaves', 'log_nodes', 'log_checkpoints']) {
      await database.tamper(`DELETE FROM ${table}`);
      await database.tamper(
        `INSERT INTO ${table} ${table === 'audit_events' ? 'OVERRIDING SYSTEM VALUE' : ''} TABLE kept_${table}`,
      );
    }
    expect(await findings()).toEqual([]);
  });
  afterAll(() => database.drop());

  const record = (change: string, kind: string, id: string) => ({
    ...{ what: 'record', change, kind, id, leaf: leafOf(id) },
  });

  it.each([
    ['at', `at = at + interval '1 ms'`],
    [
      'user',
      `user_id = overlay(user_id::text placing (CASE left(user_id::text, 1) WHEN '0' THEN '1' ELSE '0' END) from 1)::uuid`,
    ],
    ['action', `action = 'calls.viev'`],
    ['subject', `subject = subject || '0'`],
    ['detail', `detail = '{"n": 0}'`],
    ['address', `remote_address = NULL`],
    ['salt', `salt = ${flipped('salt')}`],
  ])('a changed %s of an audit event is named', async (_, change) => {
    await database.tamper(`UPDATE audit_events SET ${change} WHERE id = $1`, [events[4]]);
    expect(await findings()).toEqual([record('changed', 'audit-event', events[4] ?? '')]);
  });

  it.each([
    ['hash', `sha256 = 'aa' || substr(sha256, 3)`],
    ['length', 'duration_ms = duration_ms # 1'],
    ['completeness', `completeness = 'partial', reason = 'short'`],
    ['state', `state = 'none', reason = 'refused'`],
    ['beginning', `started_at = started_at + interval '1 ms'`],
  ])('a changed %s of a recording is named', async (_, change) => {
    await database.tamper(`UPDATE recordings SET ${change} WHERE id = $1`, [recordings[1]]);
    const found = await findings();
    expect(found).toEqual([record('changed', 'recording', recordings[1] ?? '')]);
  });

  it('removed rows are named', async () => {
    await database.tamper('DELETE FROM audit_events WHERE id = ANY($1::bigint[])', [[events[0], events.at(-1)]]);
    await database.tamper('DELETE FROM recordings WHERE id = $1', [recordings[0]]);
    expect(await findings()).toEqual([
      record('removed', 'audit-event', events[0] ?? ''),
      record('removed', 'recording', recordings[0] ?? ''),
      record('removed', 'audit-event', events.at(-1) ?? ''),
    ]);
  });

  it('rows slipped in are named, and never find their way into the log', async () => {
    await database.tamper('DELETE FROM audit_events WHERE id = $1', [events[3]]);
    const forged = `INSERT INTO audit_events (id, at, action, detail) OVERRIDING SYSTEM VALUE VALUES ($1, now(), 'x.y', '{}')`;
    await database.tamper(forged, [0]);
    await database.tamper(
      `INSERT INTO recordings (id, call_id, state, completeness, reason, started_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'none', 'none', 'refused', now()`,
    );
    await keeping().appender.appendAll();
    const found = await findings();
    expect(found).toContainEqual(record('removed', 'audit-event', events[3] ?? ''));
    expect(found).toContainEqual(expect.objectContaining({ change: 'added', kind: 'recording', leaf: null }));
    expect(found).toHaveLength(2);
  });

  it('a row slipped into a gap is named', async () => {
    const gap = '5';
    await database.tamper('DELETE FROM audit_events WHERE id = $1', [gap]);
    await database.tamper(
      `INSERT INTO audit_events (id, at, action, detail) OVERRIDING SYSTEM VALUE VALUES (5, now(), 'x.y', '{}')`,
    );
    await keeping().appender.appendAll();
    expect(await findings()).toEqual([record('changed', 'audit-event', gap)]);
  });

  it('rows that changed places are named, each with the other', async () => {
    const [a, b] = [events[2] ?? '', events[20] ?? ''];
    await database.tamper(
      `UPDATE audit_events one SET at = other.at, user_id = other.user_id, action = other.action, detail = other.detail,
         subject = other.subject, remote_address = other.remote_address, salt = other.salt
       FROM audit_events other WHERE one.id = ANY($1::bigint[]) AND other.id = ANY($1::bigint[]) AND one.id <> other.id`,
      [[a, b]],
    );
    expect(await findings()).toEqual([
      { ...record('moved', 'audit-event', a), of: b },
      { ...record('moved', 'audit-event', b), of: a },
    ]);
  });

  it('one bit of a leaf is named', async () => {
    await database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = 6`);
    expect(await findings()).toEqual([{ what: 'leaf', change: 'changed', index: 6 }]);
  });

  it('one bit of the hash beside a leaf is named', async () => {
    await database.tamper(`UPDATE log_leaves SET leaf_hash = ${flipped('leaf_hash')} WHERE index = 6`);
    expect(await findings()).toContainEqual({ what: 'leaf', change: 'changed', index: 6 });
  });

  it('a leaf under another name is named', async () => {
    await database.tamper(`UPDATE log_leaves SET source = '99999' WHERE index = 6`);
    expect(await findings()).toContainEqual({ what: 'leaf', change: 'changed', index: 6 });
  });

  it.each([0, 1, 3])('one bit of a node of level %i is named', async (level) => {
    await database.tamper(`UPDATE log_nodes SET hash = ${flipped('hash')} WHERE level = $1 AND index = 1`, [level]);
    expect(await findings()).toEqual([{ what: 'node', change: 'changed', level, index: 1 }]);
  });

  it('a node that is gone, or too many, is named', async () => {
    await database.tamper('DELETE FROM log_nodes WHERE level = 2 AND index = 0');
    await database.tamper(`INSERT INTO log_nodes VALUES (4, 7, '\\x00')`);
    expect(await findings()).toEqual([
      { what: 'node', change: 'removed', level: 2, index: 0 },
      { what: 'node', change: 'added', level: 4, index: 7 },
    ]);
  });

  it('a checkpoint row that was changed or removed is named', async () => {
    await database.tamper(`UPDATE log_checkpoints SET note = replace(note, 'honcho', 'honchp') WHERE size = $1`, [
      earlier,
    ]);
    await database.tamper('DELETE FROM log_checkpoints WHERE size = $1', [signed]);
    expect(await findings()).toEqual([
      { what: 'checkpoint', change: 'changed', place: 'database', size: earlier },
      { what: 'checkpoint', change: 'removed', place: 'database', size: signed },
    ]);
  });

  it('a changed bit anywhere in a checkpoint file, or a file that is gone, is named', async () => {
    const note = await readFile(checkpointFile(earlier));
    for (let at = 0; at < note.length; at += 7) {
      const changed = Buffer.from(note);
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
      await writeFile(checkpointFile(earlier), changed);
      const found = await findings();
      expect(found).toEqual([{ what: 'checkpoint', change: 'changed', place: 'file', size: earlier }]);
    }
    await unlink(checkpointFile(earlier));
    expect(await findings()).toEqual([{ what: 'checkpoint', change: 'removed', place: 'file', size: earlier }]);
    await writeFile(checkpointFile(earlier), note);
  });

  it('a log cut short and built anew contradicts the checkpoint that was kept outside, and is never signed', async () => {
    await database.tamper(`UPDATE audit_events SET action = 'nothing.happened' WHERE id = $1`, [events[1]]);
    for (const table of ['log_leaves', 'log_nodes', 'log_checkpoints']) await database.tamper(`DELETE FROM ${table}`);
    await keeping().appender.appendAll();
    await expect(keeping().signer.sign()).rejects.toThrow(InconsistentLogError);
    expect(await findings()).toContainEqual({ what: 'history', from: 0, to: earlier, missing: 0 });
    expect(await query('SELECT * FROM log_checkpoints')).toEqual([]);
  });

  it('a log cut short is missed by its checkpoints, and is never signed', async () => {
    await database.tamper('DELETE FROM log_leaves WHERE index >= $1', [signed - 3]);
    await expect(keeping().signer.sign()).rejects.toThrow(InconsistentLogError);
    expect(await findings()).toContainEqual({ what: 'history', from: earlier, to: signed, missing: 3 });
  });

  it('stops the signing when a leaf or node since the last checkpoint is not as it was', async () => {
    await addEvents(database.dataSource, 5);
    await keeping().appender.appendAll();
    await database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = $1`, [signed + 1]);
    await expect(keeping().signer.sign()).rejects.toThrow(`${signed + 1}番の葉`);
    await database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = $1`, [signed + 1]);
    await database.tamper(`UPDATE log_nodes SET hash = ${flipped('hash')} WHERE index = $1 AND level = 0`, [
      signed + 4,
    ]);
    await expect(keeping().signer.sign()).rejects.toThrow('節');
    expect((await query('SELECT * FROM log_checkpoints')).length).toBe(2);
  });
});

describe('appending', () => {
  beforeEach(startDatabase);
  afterEach(() => database.drop());

  it('waits for an event whose id is lower and whose transaction has not ended', async () => {
    const slow = database.dataSource.createQueryRunner();
    await slow.startTransaction();
    await slow.query(`INSERT INTO audit_events (at, action, detail) VALUES (now(), 'slow.one', '{}')`);
    await addEvents(database.dataSource, 2);
    const appending = keeping().appender.appendAll();
    await slow.commitTransaction();
    await slow.release();
    expect(await appending).toBe(3);
    await keepUp();
    expect(await verdict()).toMatchObject({ intact: true, leaves: 3 });
  });

  it('appends nothing, and loses nothing, while a writer does not end', async () => {
    const slow = database.dataSource.createQueryRunner();
    await slow.startTransaction();
    await slow.query(`INSERT INTO audit_events (at, action, detail) VALUES (now(), 'slow.one', '{}')`);
    await addEvents(database.dataSource, 2);
    expect(await keeping().appender.appendAll()).toBe(0);
    await slow.commitTransaction();
    await slow.release();
    expect(await keeping().appender.appendAll()).toBe(3);
  });

  it('is done once when two workers do it at once, with events written meanwhile', async () => {
    const [first, second] = [keeping(), keeping()];
    const writing = (async () => {
      for (let n = 0; n < 10; n++) await addEvents(database.dataSource, 150);
    })();
    for (let n = 0; n < 6; n++) {
      await Promise.all([first.appender.appendAll(), second.appender.appendAll()]);
      await Promise.all([first.signer.sign(), second.signer.sign()]);
    }
    await writing;
    await keepUp();
    expect(await verdict()).toMatchObject({ intact: true, leaves: 1500, unsignedLeaves: 0 });
  });
});

describe('the process that keeps the log', () => {
  beforeAll(startDatabase);
  afterAll(async () => {
    nextVictim?.child.kill('SIGKILL');
    await database.drop();
  });

  it('may be killed at every step: the next one goes on, nothing is twice, missing or contradicted', async () => {
    let died = true;
    for (let dieAt = 1; died; dieAt++) {
      if (dieAt > 80) throw new Error('there is no end of steps');
      await addEvents(database.dataSource, 2);
      await settleRecording(database.dataSource);
      died = await keepAndDie(dieAt);
      const unfinished = await verdict();
      // Killed between file and row, the row is still to come.
      if (unfinished?.type === 'end' && !unfinished.intact) {
        const found = await findings();
        expect(found).toEqual([expect.objectContaining({ what: 'checkpoint', change: 'removed', place: 'database' })]);
      }
      await keepUp();
      expect(await verdict()).toMatchObject({ intact: true, unsignedLeaves: 0, waitingEvents: 0 });
    }
  }, 240_000);
});

function startVictim(): { child: ChildProcess; ready: Promise<unknown> } {
  const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = database.settings.operator;
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
