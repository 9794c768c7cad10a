import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../../test/medium/api/api-under-test.ts';
import { type Visitor } from '../../../../test/medium/api/visitor.ts';
import { addEvents, findingsIn, logKeeping, SITE, verify } from '../../../../test/medium/audit/log-bench.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { Clock } from '../../platform/clock.ts';
import { Failure } from '../../platform/http/openapi.ts';
import { CheckpointFiles } from '../checkpoint-files.ts';
import { CheckpointVouchers } from '../checkpoint-vouchers.repository.ts';
import { openCheckpoint, signCheckpoint } from '../log/checkpoint.ts';
import { ed25519Signer, ed25519Verifier } from '../log/note.ts';
import { consistencyProof } from '../log/merkle.ts';
import { type StoredCheckpoint } from '../log.repository.ts';
import { witnessedLogsFinding, witnessFinding } from '../vouching-findings.ts';
import { VoucherVerification } from '../voucher-verification.ts';
import { CheckpointWitnessing, LEAST_INTERVAL_MS, type WitnessFailure } from './checkpoint-witnessing.service.ts';
import { WitnessDisagreesError } from './witness-client.ts';
import { WitnessKey } from './witness-key.ts';
import { readWitnesses } from './witness-lists.ts';
import { formatWitnessRequest } from './witness-request.ts';
import { WitnessRepository } from './witness.repository.ts';

const OTHER_SITE = 'kita';
const ORIGIN = `denwaban/${SITE}`;

class SetClock extends Clock {
  private ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
  advance(ms: number): void {
    this.ahead += ms;
  }
}

/** The box whose log is witnessed. */
let database: TestDatabase;
/** The box that is the witness. */
let witness: ApiUnderTest;
let anybody: Visitor;
let lists: string;
const clock = new SetClock();

const listOf = (name: string) => join(lists, name);
const readVerifierKey = async (directory: string, name: string) =>
  (await readFile(join(directory, name), 'utf8')).trim();
const vouchers = () => new CheckpointVouchers(database.dataSource);
const files = () => new CheckpointFiles(database.settings.layout.log);
const witnesses = () => readWitnesses(listOf('witnesses'));
const askAll = (): Promise<WitnessFailure[]> =>
  new CheckpointWitnessing(vouchers(), files(), witnesses, clock).askAll();
const submit = (body: string) =>
  anybody.ask('POST', '/api/v1/witness/add-checkpoint', { body, headers: { 'content-type': 'text/plain' } });
const cosigned = async () => {
  const rows: { size: string; line: string }[] = await database.dataSource.query(
    'SELECT size, line FROM log_cosignatures ORDER BY size',
  );
  return rows.map(({ size, line }) => ({ size: Number(size), line }));
};
const witnessedSize = async () => {
  const rows: { size: string }[] = await witness.database.dataSource.query('SELECT size FROM witnessed_logs');
  return rows[0] ? Number(rows[0].size) : 0;
};

/** A further checkpoint, an hour later. */
async function checkpoint(events = 2): Promise<StoredCheckpoint> {
  clock.advance(LEAST_INTERVAL_MS);
  await addEvents(database.dataSource, events);
  const { appender, signer } = logKeeping(database.dataSource, database.settings);
  await appender.appendAll();
  const signed = await signer.sign();
  if (typeof signed === 'string') throw new Error(signed);
  return signed;
}

const requestFor = async ({ size, note }: StoredCheckpoint, oldSize: number) =>
  formatWitnessRequest({ oldSize, proof: await consistencyProof(oldSize, size, vouchers().nodeAt), checkpoint: note });

beforeAll(async () => {
  lists = await mkdtemp(join(tmpdir(), 'denwaban-lists-'));
  database = await createTestDatabase();
  const first = await checkpoint();
  await writeFile(listOf('logs'), `# 本町\n${await readVerifierKey(database.settings.layout.log, 'denwaban.vkey')}\n`);
  witness = await ApiUnderTest.start(undefined, { DENWABAN_WITNESSED_LOGS: listOf('logs') });
  const { lastGoodConfiguration, log, tls } = witness.settings.layout;
  await writeFile(lastGoodConfiguration, JSON.stringify({ site: { id: OTHER_SITE } }));
  await witness.http.application.get(WitnessKey, { strict: false }).signer();
  const prefix = `https://127.0.0.1:${witness.port}/api/v1/witness`;
  const key = await readVerifierKey(log, 'witness.vkey');
  await writeFile(listOf('witnesses'), `${key} ${prefix} ${join(tls, 'ca.crt')}\n`);
  anybody = witness.visitor();
  expect(first.size).toBe(2);
});
afterAll(async () => {
  await witness.stop();
  await database.drop();
  await rm(lists, { recursive: true, force: true });
});

describe('a checkpoint', () => {
  it('is cosigned by the other box, which then stands below it wherever it is shown', async () => {
    const { size, note } = await checkpoint();
    expect(await askAll()).toEqual([]);
    const [stored] = await cosigned();
    expect(stored?.size).toBe(size);
    const [{ verifier }] = (await witnesses()) as [Awaited<ReturnType<typeof witnesses>>[number]];
    expect(verifier.keyName).toBe(`denwaban/${OTHER_SITE}/witness`);
    const log = ed25519Verifier(await readVerifierKey(database.settings.layout.log, 'denwaban.vkey'));
    const opened = openCheckpoint(note + (stored?.line ?? ''), { origin: ORIGIN, keys: [log] }, [verifier]);
    expect(opened.witnessedBy).toEqual([verifier]);
    expect((await files().readCompanion(size, 'witnesses'))?.toString()).toBe(stored?.line);
    expect(await witnessedSize()).toBe(size);
  });

  it('that continues the last one is cosigned an hour later, and not before', async () => {
    const before = await cosigned();
    await addEvents(database.dataSource, 1);
    expect(await askAll()).toEqual([]);
    expect(await cosigned()).toEqual(before);
    const { size } = await checkpoint(7);
    expect(await askAll()).toEqual([]);
    expect((await cosigned()).at(-1)?.size).toBe(size);
  });

  it('is cosigned also when the log has forgotten what the witness remembers', async () => {
    await database.tamper('DELETE FROM log_cosignatures');
    const { size } = await checkpoint(3);
    expect(await askAll()).toEqual([]);
    expect((await cosigned()).map((row) => row.size)).toEqual([size]);
  });

  it('is refused a signature with garbage, an unknown log, a wrong key, a wrong size or a wrong proof', async () => {
    const fresh = await checkpoint(5);
    const old = await witnessedSize();
    const good = await requestFor(fresh, old);
    const otherKey = ed25519Signer(ORIGIN, Buffer.alloc(32, 7));
    const log = { origin: ORIGIN, size: fresh.size, root: Buffer.alloc(32) };
    const proof = await consistencyProof(old, fresh.size, vouchers().nodeAt);
    const refusals: [string, number, string][] = [
      ['', 400, 'malformed-submission'],
      ['old x\n\n', 400, 'malformed-submission'],
      [good.replace(/^old \d+/, 'old 007'), 400, 'malformed-submission'],
      [good.replace(/^old \d+/, `old ${fresh.size + 1}`), 400, 'malformed-submission'],
      ['x'.repeat(40_000), 400, 'malformed-submission'],
      [good.replaceAll(SITE, 'nowhere'), 404, 'unknown-log'],
      [
        formatWitnessRequest({ oldSize: old, proof, checkpoint: signCheckpoint(log, [otherKey]) }),
        403,
        'unsigned-checkpoint',
      ],
      [good.replace(/\n\S{44}\n/, `\n${Buffer.alloc(32).toString('base64')}\n`), 422, 'inconsistent-checkpoint'],
    ];
    for (const [body, status, errorId] of refusals) {
      const answer = await submit(body);
      expect([answer.status, answer.as(Failure).errorId]).toEqual([status, errorId]);
    }
    const elsewhere = await submit(await requestFor(fresh, 1));
    expect([elsewhere.status, elsewhere.headers['content-type'], elsewhere.text]).toEqual([
      ...[409, 'text/x.tlog.size; charset=utf-8', `${old}\n`],
    ]);
    expect(await witnessedSize()).toBe(old);
  });

  it('is cosigned once when it is handed in twice at the same time', async () => {
    const fresh = await checkpoint(1);
    const body = await requestFor(fresh, await witnessedSize());
    const answers = await Promise.all([submit(body), submit(body), submit(body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await witnessedSize()).toBe(fresh.size);
  });

  it('whose cosignature was changed or removed is named by a verification', async () => {
    const { size } = await checkpoint();
    expect(await askAll()).toEqual([]);
    const known = async () => (await witnesses()).map(({ verifier }) => verifier);
    const check = new VoucherVerification(files(), null, known);
    const findings = async () => findingsIn(await verify(database.dataSource, database.settings, 1000, check));
    // Of those before it only the newest is in a file: the others were made to forget above.
    expect((await findings()).filter((finding) => 'size' in finding && finding.size === size)).toEqual([]);
    await database.tamper(`UPDATE log_cosignatures SET line = replace(line, 'A', 'B') WHERE size = $1`, [size]);
    expect(await findings()).toContainEqual({ what: 'cosignatures', change: 'changed', place: 'database', size });
    await database.tamper('DELETE FROM log_cosignatures WHERE size = $1', [size]);
    expect(await findings()).toContainEqual({ what: 'cosignatures', change: 'removed', place: 'database', size });
  });
});

describe('a log that was rewritten', () => {
  beforeEach(async () => {
    for (const table of ['log_leaves', 'log_nodes', 'log_checkpoints', 'log_cosignatures']) {
      await database.tamper(`DELETE FROM ${table}`);
    }
    await rm(join(database.settings.layout.log, 'checkpoints'), { recursive: true });
    await database.tamper(`UPDATE audit_events SET action = action || '!' WHERE id = 1`);
  });

  it('is refused by the witness, and both sizes are named', async () => {
    const old = await witnessedSize();
    const { size } = await checkpoint(4);
    const [failure] = await askAll();
    expect(failure?.error).toBeInstanceOf(WitnessDisagreesError);
    expect(failure?.error).toMatchObject({ witness: `denwaban/${OTHER_SITE}/witness`, witnessedSize: old, size });
    const told = witnessFinding(failure ? [failure] : []);
    expect(told).toMatchObject({ status: 'down', detail: expect.stringContaining(`${old}件`) });
    expect(await cosigned()).toEqual([]);
    expect(await witnessedSize()).toBe(old);
  });

  it('cut short is refused as well', async () => {
    await database.tamper('DELETE FROM audit_events WHERE id > 5');
    const old = await witnessedSize();
    const { size } = await checkpoint(1);
    expect(size).toBeLessThan(old);
    const [failure] = await askAll();
    expect(failure?.error).toMatchObject({ witnessedSize: old, size });
  });

  it('and signed at the same size is proof, which the witness keeps and tells', async () => {
    const old = await witnessedSize();
    const rows: { count: string }[] = await database.dataSource.query('SELECT count(*) FROM audit_events');
    const { size } = await checkpoint(old - Number(rows[0]?.count));
    expect(size).toBe(old);
    expect(await askAll()).toHaveLength(1);
    expect(await askAll()).toHaveLength(1);
    const accused = await witness.audited('witness.fork');
    expect(accused).toEqual([expect.objectContaining({ subject: ORIGIN, detail: expect.objectContaining({ size }) })]);
    const forked = await new WitnessRepository(witness.database.dataSource, clock).forked();
    expect(witnessedLogsFinding(forked)).toMatchObject({ detail: expect.stringContaining(ORIGIN) });
  });
});
