import { type INestApplicationContext } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { aCall, fileCalls } from '../../../test/medium/api/filed-calls.ts';
import { type Answer, type Visitor } from '../../../test/medium/api/visitor.ts';
import { nameSite, settleRecording, SITE } from '../../../test/medium/audit/log-bench.ts';
import { startLogWorker } from '../../../test/medium/audit/log-worker.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { Failure } from '../platform/http/openapi.ts';
import { AuditCheckpoint, VerificationLine } from './audit.schema.ts';
import { parseCheckpoint } from './log/checkpoint.ts';
import { decodeLeaf, hashOfLeaf } from './log/leaf.ts';
import { ed25519Verifier, parseNote } from './log/note.ts';
import { NotInLogError, parseTlogProof, verifyTlogProof } from './log/tlog-proof.ts';

const NUMBER = '09012345678';

let api: ApiUnderTest;
let administrator: Visitor;
let worker: INestApplicationContext | undefined;

const linesOf = ({ text }: Answer) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => VerificationLine.parse(JSON.parse(line)));
const verify = async (body: object = {}) => linesOf(await administrator.ask('POST', '/api/v1/audit/verify', { body }));
const logHealth = async () => {
  const rows: { status: string; detail: string | null }[] = await api.database.dataSource.query(
    `SELECT status, detail FROM health_reports WHERE check_id = 'log'`,
  );
  return rows[0];
};

beforeAll(async () => {
  api = await ApiUnderTest.start();
  nameSite(api.settings);
  administrator = await api.administrator();
  await api.database.dataSource.query('UPDATE users SET must_change_password = false');
});
afterAll(async () => {
  await worker?.close();
  await api.stop();
});

describe('without the worker', () => {
  it('nothing is signed, and who asks for it learns so at once', async () => {
    const answer = await administrator.ask('POST', '/api/v1/audit/checkpoint');
    expect([answer.status, answer.as(Failure).errorId]).toEqual([504, 'log-not-answering']);
    expect((await administrator.ask('GET', '/api/v1/audit/checkpoint')).status).toBe(404);
    expect((await verify()).at(-1)).toMatchObject({ type: 'end', intact: true, leaves: 0 });
  });
});

describe('with the worker', () => {
  let recordingId: string;

  beforeAll(async () => {
    worker = await startLogWorker(api.settings);
    recordingId = await settleRecording(api.database.dataSource);
    await eventually(async () => (await logHealth())?.status === 'ok');
  });

  it('everything somebody did is in the log by the time it is signed, and no number anybody searched for', async () => {
    const call = aCall({ number: NUMBER });
    await fileCalls(api.database.dataSource, [call]);
    await api.visitor().logIn(ADMIN.login, 'wrong');
    await administrator.ask('POST', '/api/v1/calls/search', { body: { number: NUMBER } });
    await administrator.ask('GET', `/api/v1/calls/${call.id}`);
    await administrator.ask('GET', `/api/v1/recordings/${recordingId}/proof`);
    const signed = (await administrator.ask('POST', '/api/v1/audit/checkpoint')).as(AuditCheckpoint);

    const [searched] = await api.audited('calls.search');
    expect(JSON.stringify(searched)).toContain(NUMBER);
    const rows: { leaf: Buffer }[] = await api.database.dataSource.query(
      'SELECT leaf FROM log_leaves WHERE index < $1 ORDER BY index',
      [signed.size],
    );
    const leaves = rows.map(({ leaf }) => decodeLeaf(leaf));
    const actions = leaves.flatMap((leaf) => (leaf.type === 'audit-event' ? [leaf.action] : []));
    const wanted = ['user.first-administrator', 'session.log-in', 'session.refused', 'calls.search', 'calls.view'];
    expect(actions).toEqual(expect.arrayContaining([...wanted, 'audit.verify', 'recording.prove', 'audit.sign']));
    const all = Buffer.concat(rows.map(({ leaf }) => leaf)).toString();
    expect(all).not.toContain(NUMBER);
    expect(all.replaceAll(/"(?:[0-9a-f]{64}|[0-9a-f-]{36})"/g, '')).not.toMatch(/0\d{8,}/);
    expect((await verify()).at(-1)).toMatchObject({ type: 'end', intact: true, complete: true });
  });

  it('the newest checkpoint is of this site, signed by the published key', async () => {
    const { size, note, verifierKey } = (await administrator.ask('GET', '/api/v1/audit/checkpoint')).as(
      AuditCheckpoint,
    );
    expect(ed25519Verifier(verifierKey).keyName).toBe(`denwaban/${SITE}`);
    expect(parseCheckpoint(parseNote(note).text)).toMatchObject({ origin: `denwaban/${SITE}`, size });
  });

  it('a recording is proved offline, by the proof and the key alone, and nothing else is', async () => {
    const fresh = await settleRecording(api.database.dataSource, { sha256: 'cd'.repeat(32) });
    const answer = await administrator.ask('GET', `/api/v1/recordings/${fresh}/proof`);
    expect(answer.headers).toMatchObject({ 'content-disposition': `attachment; filename="${fresh}.tlog-proof"` });
    const { verifierKey } = (await administrator.ask('GET', '/api/v1/audit/checkpoint')).as(AuditCheckpoint);
    const verifier = ed25519Verifier(verifierKey);
    const known = { origin: verifier.keyName, keys: [verifier] };
    const leaf = decodeLeaf(parseTlogProof(answer.text).extra ?? Buffer.alloc(0));
    expect(leaf).toMatchObject({ type: 'recording', recordingId: fresh, sha256: 'cd'.repeat(32) });
    expect(verifyTlogProof(answer.text, hashOfLeaf(leaf), known).checkpoint.origin).toBe(`denwaban/${SITE}`);
    if (leaf.type !== 'recording') throw new Error('not a recording');
    const other = hashOfLeaf({ ...leaf, sha256: 'ce'.repeat(32) });
    expect(() => verifyTlogProof(answer.text, other, known)).toThrow(NotInLogError);
    expect((await api.audited('recording.prove')).at(-1)).toMatchObject({ subject: fresh });
  });

  it('a recording that is still being sealed, or is none, has no proof', async () => {
    const sealing = await settleRecording(api.database.dataSource);
    await api.database.dataSource.query(`UPDATE recordings SET state = 'sealing' WHERE id = $1`, [sealing]);
    const refused = await administrator.ask('GET', `/api/v1/recordings/${sealing}/proof`);
    expect([refused.status, refused.as(Failure).errorId]).toEqual([409, 'recording-not-logged']);
    await api.database.dataSource.query(`UPDATE recordings SET state = 'sealed' WHERE id = $1`, [sealing]);
    const missing = await administrator.ask('GET', `/api/v1/recordings/${crypto.randomUUID()}/proof`);
    expect(missing.status).toBe(404);
  });

  it('a verification names what was changed, stops at the limit and says so', async () => {
    await administrator.ask('POST', '/api/v1/audit/checkpoint');
    await api.database.tamper('UPDATE recordings SET duration_ms = duration_ms + 1');
    const found = await verify();
    expect(found).toContainEqual({
      type: 'finding',
      finding: { what: 'record', change: 'changed', kind: 'recording', id: recordingId, leaf: expect.any(Number) },
    });
    expect(found.at(-1)).toMatchObject({ type: 'end', intact: false, complete: true });
    const short = await verify({ limit: 1 });
    expect(short.filter(({ type }) => type === 'finding')).toHaveLength(1);
    expect(short.at(-1)).toMatchObject({ intact: false, complete: false });
    await api.database.tamper('UPDATE recordings SET duration_ms = duration_ms - 1');
  });

  it('a rewritten log is refused a signature, and everybody can see why', async () => {
    // All of them: which are looked at depends on how long the log is.
    await api.database.tamper('UPDATE log_nodes SET hash = sha256(hash)');
    const refused = await administrator.ask('POST', '/api/v1/audit/checkpoint');
    expect([refused.status, refused.as(Failure).errorId]).toEqual([409, 'log-inconsistent']);
    const health = await logHealth();
    expect(health?.status).toBe('down');
    expect(health?.detail).toContain('署名を停止');
  });
});
