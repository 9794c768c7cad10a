import { readFile, unlink, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KeptLog } from '../../../test/medium/audit/kept-log.ts';
import { addEvents, settleRecording } from '../../../test/medium/audit/log-bench.ts';
import { InconsistentLogError } from './audit-log.errors.ts';

let log: KeptLog;
/** Flips the lowest bit of a byte of a `bytea` column, and that of a letter of a text, by SQL. */
const FLIP = 'set_byte(%, 5, get_byte(%, 5) # 1)';
const flipped = (column: string) => FLIP.replaceAll('%', column);

describe('tampering by a database administrator', () => {
  let events: string[];
  let recordings: string[];
  let signed: number;
  let earlier: number;
  let leafOf: (source: string) => number;

  beforeAll(async () => {
    log = await KeptLog.start();
    await addEvents(log.database.dataSource, 12);
    recordings = [];
    for (let n = 0; n < 3; n++)
      recordings.push(await settleRecording(log.database.dataSource, { durationMs: 1000 + n }));
    ({ size: earlier } = await log.keepUp());
    await addEvents(log.database.dataSource, 10);
    ({ size: signed } = await log.keepUp());
    events = (await log.query<{ id: string }>('SELECT id FROM audit_events ORDER BY id')).map(({ id }) => id);
    const leaves = await log.query<{ source: string; index: string }>('SELECT source, index FROM log_leaves');
    leafOf = (source) => Number(leaves.find((leaf) => leaf.source === source)?.index);
    for (const table of ['audit_events', 'recordings', 'log_leaves', 'log_nodes', 'log_checkpoints'])
      await log.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    expect(await log.findings()).toEqual([]);
  });
  afterEach(async () => {
    for (const table of ['audit_events', 'recordings', 'log_leaves', 'log_nodes', 'log_checkpoints']) {
      await log.database.tamper(`DELETE FROM ${table}`);
      await log.database.tamper(
        `INSERT INTO ${table} ${table === 'audit_events' ? 'OVERRIDING SYSTEM VALUE' : ''} TABLE kept_${table}`,
      );
    }
    expect(await log.findings()).toEqual([]);
  });
  afterAll(() => log.database.drop());

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
    await log.database.tamper(`UPDATE audit_events SET ${change} WHERE id = $1`, [events[4]]);
    expect(await log.findings()).toEqual([record('changed', 'audit-event', events[4] ?? '')]);
  });

  it.each([
    ['hash', `sha256 = 'aa' || substr(sha256, 3)`],
    ['length', 'duration_ms = duration_ms # 1'],
    ['completeness', `completeness = 'partial', reason = 'short'`],
    ['state', `state = 'none', reason = 'refused'`],
    ['beginning', `started_at = started_at + interval '1 ms'`],
  ])('a changed %s of a recording is named', async (_, change) => {
    await log.database.tamper(`UPDATE recordings SET ${change} WHERE id = $1`, [recordings[1]]);
    const found = await log.findings();
    expect(found).toEqual([record('changed', 'recording', recordings[1] ?? '')]);
  });

  it('removed rows are named', async () => {
    await log.database.tamper('DELETE FROM audit_events WHERE id = ANY($1::bigint[])', [[events[0], events.at(-1)]]);
    await log.database.tamper('DELETE FROM recordings WHERE id = $1', [recordings[0]]);
    expect(await log.findings()).toEqual([
      record('removed', 'audit-event', events[0] ?? ''),
      record('removed', 'recording', recordings[0] ?? ''),
      record('removed', 'audit-event', events.at(-1) ?? ''),
    ]);
  });

  it('rows slipped in are named, and never find their way into the log', async () => {
    await log.database.tamper('DELETE FROM audit_events WHERE id = $1', [events[3]]);
    const forged = `INSERT INTO audit_events (id, at, action, detail) OVERRIDING SYSTEM VALUE VALUES ($1, now(), 'x.y', '{}')`;
    await log.database.tamper(forged, [0]);
    await log.database.tamper(
      `INSERT INTO recordings (id, call_id, state, completeness, reason, started_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'none', 'none', 'refused', now()`,
    );
    await log.keeping().appender.appendAll();
    const found = await log.findings();
    expect(found).toContainEqual(record('removed', 'audit-event', events[3] ?? ''));
    expect(found).toContainEqual(expect.objectContaining({ change: 'added', kind: 'recording', leaf: null }));
    expect(found).toHaveLength(2);
  });

  it('a row slipped into a gap is named', async () => {
    const gap = '5';
    await log.database.tamper('DELETE FROM audit_events WHERE id = $1', [gap]);
    await log.database.tamper(
      `INSERT INTO audit_events (id, at, action, detail) OVERRIDING SYSTEM VALUE VALUES (5, now(), 'x.y', '{}')`,
    );
    await log.keeping().appender.appendAll();
    expect(await log.findings()).toEqual([record('changed', 'audit-event', gap)]);
  });

  it('rows that changed places are named, each with the other', async () => {
    const [a, b] = [events[2] ?? '', events[20] ?? ''];
    await log.database.tamper(
      `UPDATE audit_events one SET at = other.at, user_id = other.user_id, action = other.action, detail = other.detail,
         subject = other.subject, remote_address = other.remote_address, salt = other.salt
       FROM audit_events other WHERE one.id = ANY($1::bigint[]) AND other.id = ANY($1::bigint[]) AND one.id <> other.id`,
      [[a, b]],
    );
    expect(await log.findings()).toEqual([
      { ...record('moved', 'audit-event', a), of: b },
      { ...record('moved', 'audit-event', b), of: a },
    ]);
  });

  it('one bit of a leaf is named', async () => {
    await log.database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = 6`);
    expect(await log.findings()).toEqual([{ what: 'leaf', change: 'changed', index: 6 }]);
  });

  it('one bit of the hash beside a leaf is named', async () => {
    await log.database.tamper(`UPDATE log_leaves SET leaf_hash = ${flipped('leaf_hash')} WHERE index = 6`);
    expect(await log.findings()).toContainEqual({ what: 'leaf', change: 'changed', index: 6 });
  });

  it('a leaf under another name is named', async () => {
    await log.database.tamper(`UPDATE log_leaves SET source = '99999' WHERE index = 6`);
    expect(await log.findings()).toContainEqual({ what: 'leaf', change: 'changed', index: 6 });
  });

  it.each([0, 1, 3])('one bit of a node of level %i is named', async (level) => {
    await log.database.tamper(`UPDATE log_nodes SET hash = ${flipped('hash')} WHERE level = $1 AND index = 1`, [level]);
    expect(await log.findings()).toEqual([{ what: 'node', change: 'changed', level, index: 1 }]);
  });

  it('a node that is gone, or too many, is named', async () => {
    await log.database.tamper('DELETE FROM log_nodes WHERE level = 2 AND index = 0');
    await log.database.tamper(`INSERT INTO log_nodes VALUES (4, 7, '\\x00')`);
    expect(await log.findings()).toEqual([
      { what: 'node', change: 'removed', level: 2, index: 0 },
      { what: 'node', change: 'added', level: 4, index: 7 },
    ]);
  });

  it('a checkpoint row that was changed or removed is named', async () => {
    await log.database.tamper(`UPDATE log_checkpoints SET note = replace(note, 'honcho', 'honchp') WHERE size = $1`, [
      earlier,
    ]);
    await log.database.tamper('DELETE FROM log_checkpoints WHERE size = $1', [signed]);
    expect(await log.findings()).toEqual([
      { what: 'checkpoint', change: 'changed', place: 'database', size: earlier },
      { what: 'checkpoint', change: 'removed', place: 'database', size: signed },
    ]);
  });

  it('a changed bit anywhere in a checkpoint file, or a file that is gone, is named', async () => {
    const note = await readFile(log.checkpointFile(earlier));
    for (let at = 0; at < note.length; at += 7) {
      const changed = Buffer.from(note);
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
      await writeFile(log.checkpointFile(earlier), changed);
      const found = await log.findings();
      expect(found).toEqual([{ what: 'checkpoint', change: 'changed', place: 'file', size: earlier }]);
    }
    await unlink(log.checkpointFile(earlier));
    expect(await log.findings()).toEqual([{ what: 'checkpoint', change: 'removed', place: 'file', size: earlier }]);
    await writeFile(log.checkpointFile(earlier), note);
  });

  it('a log cut short and built anew contradicts the checkpoint that was kept outside, and is never signed', async () => {
    await log.database.tamper(`UPDATE audit_events SET action = 'nothing.happened' WHERE id = $1`, [events[1]]);
    for (const table of ['log_leaves', 'log_nodes', 'log_checkpoints'])
      await log.database.tamper(`DELETE FROM ${table}`);
    await log.keeping().appender.appendAll();
    await expect(log.keeping().signer.sign()).rejects.toThrow(InconsistentLogError);
    expect(await log.findings()).toContainEqual({ what: 'history', from: 0, to: earlier, missing: 0 });
    expect(await log.query('SELECT * FROM log_checkpoints')).toEqual([]);
  });

  it('a log cut short is missed by its checkpoints, and is never signed', async () => {
    await log.database.tamper('DELETE FROM log_leaves WHERE index >= $1', [signed - 3]);
    await expect(log.keeping().signer.sign()).rejects.toThrow(InconsistentLogError);
    expect(await log.findings()).toContainEqual({ what: 'history', from: earlier, to: signed, missing: 3 });
  });

  it('stops the signing when a leaf or node since the last checkpoint is not as it was', async () => {
    await addEvents(log.database.dataSource, 5);
    await log.keeping().appender.appendAll();
    await log.database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = $1`, [signed + 1]);
    await expect(log.keeping().signer.sign()).rejects.toThrow(`${signed + 1}番の葉`);
    await log.database.tamper(`UPDATE log_leaves SET leaf = ${flipped('leaf')} WHERE index = $1`, [signed + 1]);
    await log.database.tamper(`UPDATE log_nodes SET hash = ${flipped('hash')} WHERE index = $1 AND level = 0`, [
      signed + 4,
    ]);
    await expect(log.keeping().signer.sign()).rejects.toThrow('節');
    expect((await log.query('SELECT * FROM log_checkpoints')).length).toBe(2);
  });
});
