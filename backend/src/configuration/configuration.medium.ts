import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { atItsTrace } from '../../../test/medium/held-trace.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Simulation } from '../routing/simulation.schema.ts';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import {
  ConfigurationDifference,
  ConfigurationDocument,
  ConfigurationHistoryPage,
  ConfigurationProblem,
  ConfigurationVersion,
} from './configuration.schema.ts';
import { ConfigurationVersionRepository } from './configuration-version.repository.ts';
import { withoutSecrets } from './document-secrets.ts';
import { smallOffice } from './document.fixture.ts';

let api: ApiUnderTest;
let visitor: Visitor;
const get = <T>(type: new (...args: never[]) => T) => api.http.application.get<T>(type, { strict: false });
const read = () => visitor.ask('GET', '/api/v1/configuration');
const put = (body: unknown, headers: Record<string, string> = {}) =>
  visitor.ask('PUT', '/api/v1/configuration', { body, headers });
/** Whoever wants to add a version while somebody else does. */
const WAITING = `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
  WHERE datname = current_database() AND NOT granted AND relation = 'configuration_versions'::regclass`;
const SIMULATED = { at: '2026-11-24T10:00:00+09:00', line: 'main' };
const named = (name: string): ConfigurationDocument => ({ ...smallOffice(), site: { id: 'hq', name } });

/** A telephony process that takes over every version, or refuses it. */
const telephony = (refusal: string | null) =>
  get(MessageReceiver).messages$.subscribe((message) => {
    if (message.kind !== 'configuration') return;
    const { version } = message;
    void get(ConfigurationVersionRepository)
      .settle(version, refusal)
      .then(() => get(MessageSender).send({ kind: 'configuration-applied', version }));
  });

beforeAll(async () => {
  api = await ApiUnderTest.start();
  visitor = await api.administrator();
});
beforeEach(() => api.database.dataSource.query('TRUNCATE configuration_versions RESTART IDENTITY'));
afterAll(() => api.stop());

describe('the configuration', () => {
  it('is version 0 of nothing until there is one', async () => {
    const answer = await read();
    expect([answer.as(ConfigurationVersion).version, answer.headers.etag]).toEqual([0, '"0"']);
    expect(answer.as(ConfigurationVersion).document.lines).toEqual([]);
  });

  it('is in force as soon as telephony says so', async () => {
    const process = telephony(null);
    const answer = await put(smallOffice(), { 'if-match': '"0"' });
    process.unsubscribe();
    expect([answer.status, answer.headers.etag]).toEqual([200, '"1"']);
    expect(answer.as(ConfigurationVersion)).toMatchObject({ version: 1, applied: true, appliedError: null });
    expect((await read()).as(ConfigurationVersion).document).toEqual(withoutSecrets(smallOffice()));
    expect((await api.audited('configuration.change')).at(-1)).toMatchObject({ subject: '1', detail: { onTopOf: 0 } });
  });

  it('tells why Asterisk refused it, and the simulator that calls do not go by it', async () => {
    const simulated = async () => {
      const answer = await visitor.ask('POST', '/api/v1/routing/simulate', { body: SIMULATED });
      return answer.as(Simulation).remarks;
    };
    const process = telephony('endpoint missing');
    const answer = await put(smallOffice());
    process.unsubscribe();
    expect(answer.as(ConfigurationVersion)).toMatchObject({ applied: false, appliedError: 'endpoint missing' });
    expect(await simulated()).toEqual([expect.stringContaining('反映できなかった')]);
    const willing = telephony(null);
    await put(smallOffice());
    willing.unsubscribe();
    expect(await simulated()).toEqual([]);
  });

  it('is kept for later when telephony does not answer', async () => {
    const answer = await put(smallOffice());
    expect([answer.status, answer.as(ConfigurationVersion).applied]).toEqual([200, null]);
  });

  it('is never overwritten by somebody who has not seen the newest', async () => {
    const process = telephony(null);
    await put(named('一番'), { 'if-match': '"0"' });
    const late = await put(named('二番'), { 'if-match': '"0"' });
    process.unsubscribe();
    expect([late.status, late.as(Failure).errorId]).toEqual([412, 'configuration-changed-meanwhile']);
    expect(late.as(Failure).details).toEqual({ newestVersion: 1 });
    expect((await read()).as(ConfigurationVersion).document.site.name).toBe('一番');
  });

  it('lets exactly one of many who change it at once through', async () => {
    const process = telephony(null);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put(named(`${index}番`), { 'if-match': '"0"' })),
    );
    process.unsubscribe();
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('keeps a password that somebody else has changed at the same moment', async () => {
    const process = telephony(null);
    await put(smallOffice());
    const { dataSource } = api.database;
    const renewed = smallOffice();
    for (const phone of renewed.phones) if (phone.type === 'sip') phone.secret = 'renewed-secret-of-201';
    let changes: ReturnType<typeof put>[] = [];
    await dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE configuration_versions IN EXCLUSIVE MODE');
      for (const document of [renewed, withoutSecrets(named('町役場本庁'))]) {
        changes = [...changes, put(document)];
        await eventually(async () => (await dataSource.query<unknown[]>(WAITING)).length === changes.length);
      }
    });
    expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 200]);
    process.unsubscribe();
    const newest = await get(ConfigurationVersionRepository).newest();
    expect([newest?.document.site.name, newest?.document.phones[0]]).toEqual([
      '町役場本庁',
      expect.objectContaining({ secret: 'renewed-secret-of-201' }),
    ]);
  });

  it('is changed with its trace or not at all', async () => {
    const changing = put(named('跡のない変更'));
    const { dataSource } = api.database;
    await atItsTrace(dataSource, (pid) => dataSource.query('SELECT pg_terminate_backend($1)', [pid]));
    expect((await changing).status).toBe(503);
    expect((await read()).as(ConfigurationVersion).version).toBe(0);
  });

  it('that contradicts itself is refused whole, every contradiction named', async () => {
    const [desk] = smallOffice().desks;
    const broken = { ...smallOffice(), desks: [{ ...desk, members: ['nobody', 'p201'] }], notices: [] };
    const answer = await put(broken);
    expect([answer.status, answer.as(Failure).errorId]).toEqual([422, 'configuration-invalid']);
    const { problems } = z.object({ problems: z.array(ConfigurationProblem) }).parse(answer.as(Failure).details);
    expect(problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringContaining('/desks/0'), expect.stringContaining('/lines/0')]),
    );
    expect((await read()).as(ConfigurationVersion).version).toBe(0);
  });

  it('of the wrong shape is refused with the places', async () => {
    const answer = await put({ ...smallOffice(), lines: [{ id: 'main' }], extra: 1 });
    expect([answer.status, answer.as(Failure).errorId]).toEqual([400, 'invalid-input']);
    expect(answer.as(Failure).details).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: '/lines/0/name' })]),
    );
  });

  it('can be tried out before it is stored, however large it is', async () => {
    const document = smallOffice();
    const steps = Array.from({ length: 18_000 }, (_, n) => `step-${n}`);
    for (const { flow } of document.lines) {
      flow.start = 'step-0';
      flow.nodes = { end: { type: 'end', cause: 'busy' } };
      for (const [n, id] of steps.entries())
        flow.nodes[id] = { type: 'notice', notice: 'recording', next: steps[n + 1] ?? 'end' };
    }
    expect(JSON.stringify(document).length).toBeGreaterThan(2 ** 20);
    const body = { ...SIMULATED, document };
    const answer = await visitor.ask('POST', '/api/v1/routing/simulate', { body });
    expect([answer.status, answer.as(Simulation).steps.length]).toEqual([200, steps.length + 1]);
  });

  it('has a JSON Schema that names every part', async () => {
    const schema = (await visitor.ask('GET', '/api/v1/configuration/schema')).json();
    expect(schema).toMatchObject({ $schema: expect.stringContaining('2020-12'), additionalProperties: false });
    const optional = ['schedules', 'neverBlocked', 'noticeRecording', 'outgoing'];
    expect(Object.keys(schema.properties as object).sort()).toEqual(
      [...Object.keys(smallOffice()), ...optional].sort(),
    );
  });
});

describe('the history of the configuration', () => {
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    visitor.ask(method, `/api/v1/configuration/versions${path}`, { headers });

  async function threeVersions(): Promise<void> {
    const process = telephony(null);
    for (const name of ['一番', '二番', '三番']) await put(named(name));
    process.unsubscribe();
  }

  it('lists versions newest first, page by page, without their documents', async () => {
    await threeVersions();
    const first = (await ask('GET', '')).as(ConfigurationHistoryPage);
    expect(first.versions.map(({ version, applied }) => [version, applied])).toEqual([
      [3, true],
      [2, true],
      [1, true],
    ]);
    expect([first.nextBefore, JSON.stringify(first).includes('phones')]).toEqual([null, false]);
    const versions = get(ConfigurationVersionRepository);
    for (let count = 3; count < 60; count += 1) await versions.add(smallOffice(), null, null);
    const newest = (await ask('GET', '')).as(ConfigurationHistoryPage);
    expect([newest.versions[0]?.version, newest.versions.length, newest.nextBefore]).toEqual([60, 50, 11]);
    const older = (await ask('GET', `/before/${newest.nextBefore}`)).as(ConfigurationHistoryPage);
    expect([older.versions[0]?.version, older.versions.length, older.nextBefore]).toEqual([10, 10, null]);
  });

  it('tells what differs between two versions, also from before there were any', async () => {
    await threeVersions();
    const { changes } = (await ask('GET', '/1/diff/3')).as(ConfigurationDifference);
    expect(changes).toEqual([
      { op: 'replace', path: '/site/name', place: '拠点 › 名前', before: '一番', after: '三番' },
    ]);
    const fromNothing = await ask('GET', '/0/diff/1');
    expect(fromNothing.as(ConfigurationDifference).changes.length).toBeGreaterThan(3);
    expect(fromNothing.text).not.toContain('secret-of-201');
  });

  it('goes back to an earlier version, which is then a new one on top', async () => {
    await threeVersions();
    const process = telephony(null);
    const answer = await ask('POST', '/1/revert', { 'if-match': '"3"' });
    process.unsubscribe();
    expect([answer.status, answer.headers.etag]).toEqual([200, '"4"']);
    expect(answer.as(ConfigurationVersion)).toMatchObject({
      version: 4,
      applied: true,
      document: withoutSecrets(named('一番')),
    });
    expect((await api.audited('configuration.change')).at(-1)).toMatchObject({
      subject: '4',
      detail: { onTopOf: 3, revertedTo: 1 },
    });
    expect((await ask('GET', '/3')).as(ConfigurationVersion).document.site.name).toBe('三番');
  });

  it('goes back over nobody’s newer change, and to no version that does not exist', async () => {
    await threeVersions();
    expect((await ask('POST', '/1/revert', { 'if-match': '"2"' })).status).toBe(412);
    expect((await ask('POST', '/9/revert')).status).toBe(404);
    expect((await ask('GET', '/9')).status).toBe(404);
    expect((await ask('GET', '/1/diff/9')).status).toBe(404);
    expect((await ask('GET', '/x')).status).toBe(400);
    expect((await read()).as(ConfigurationVersion).version).toBe(3);
  });
});
