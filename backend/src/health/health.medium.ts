import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Clock } from '../platform/clock.ts';
import { HealthReportRepository } from './health-report.repository.ts';
import { HealthService } from './health.service.ts';
import { Health, HealthDetails } from './health.schema.ts';

let api: ApiUnderTest;
let visitor: Visitor;
let reports: HealthReportRepository;
const details = async () => (await visitor.ask('GET', '/api/v1/health/details')).as(HealthDetails);
const status = async () => (await api.visitor().ask('GET', '/api/v1/health')).as(Health).status;
/** The box looks at itself once a second. */
const becomes = (wanted: string) => eventually(async () => (await status()) === wanted);
const checkOf = async (id: string) => (await details()).checks.find(({ checkId }) => checkId === id);
const everyPartIsWell = async () => {
  for (const part of ['asterisk', 'telephony', 'worker', 'trunk:hikari', 'pbx:pbx', 'phone:p201'])
    await reports.report(part, 'ok');
};

beforeAll(async () => {
  api = await ApiUnderTest.start();
  visitor = await api.administrator();
  reports = new HealthReportRepository(api.database.dataSource, new Clock());
  const versions = api.http.application.get(ConfigurationVersionRepository, { strict: false });
  await versions.add(smallOffice(), null, null);
});
afterAll(() => api.stop());

describe('health', () => {
  it('is open to anybody and says nothing but one word', async () => {
    const answer = await api.visitor().ask('GET', '/api/v1/health');
    expect(Object.keys(answer.json())).toEqual(['status']);
  });

  it('is down while nobody has heard of Asterisk, ok once every part is well', async () => {
    await becomes('down');
    await everyPartIsWell();
    await becomes('ok');
    await reports.report('worker', 'degraded', '録音庫の空き容量がありません');
    await becomes('degraded');
    expect(await checkOf('worker')).toMatchObject({ status: 'degraded', detail: '録音庫の空き容量がありません' });
  });

  it('knows trunks and phones by name, versions, the certificate and the room left', async () => {
    await everyPartIsWell();
    await becomes('ok');
    const told = await details();
    expect(told.trunks).toEqual([{ id: 'hikari', name: 'ひかり電話', status: 'ok', detail: '' }]);
    expect(told.phones).toMatchObject([
      { id: 'p201', name: '市民課1', status: 'ok' },
      { id: 'p301', name: '税務課1', status: 'down' },
    ]);
    expect(told.versions).toMatchObject({ denwaban: expect.stringMatching(/^\d/), node: process.versions.node });
    expect(told.checks.map(({ checkId }) => checkId)).toEqual(expect.arrayContaining(['postgres', 'certificate']));
    expect(told.storage).toMatchObject({ level: 'ample', places: [{ place: 'both' }], measured: false });
    expect(told.storage?.places[0]?.freeBytes).toBeGreaterThan(0);
    expect(told.storage?.hoursLeft).toBeGreaterThan(0);
  });

  it('tells which voice speaks texts, once it has spoken', async () => {
    await eventually(async () => (await checkOf('voice')) !== undefined);
    expect((await checkOf('voice'))?.detail).toMatch(/^(Open JTalk の声|機械的な声\(espeak-ng\))で読み上げます。/);
  });
});

describe('the business phone', () => {
  it('is told with its name, and is the box’s trouble when it is away', async () => {
    await everyPartIsWell();
    await becomes('ok');
    await reports.report('pbx:pbx', 'down', '相手の機器から応答がありません。', { state: 'unreachable' });
    await becomes('degraded');
    expect((await details()).pbx).toEqual({
      ...{ id: 'pbx', name: '主装置', status: 'down', detail: '相手の機器から応答がありません。' },
    });
    await everyPartIsWell();
  });
});

describe('block rules that are due for review', () => {
  const dueOn = (reviewOn: string) =>
    api.database.dataSource.query('UPDATE block_rules SET review_on = $1', [reviewOn]);

  it('are told with their number, in force as before, until they have another date or are withdrawn', async () => {
    await everyPartIsWell();
    await becomes('ok');
    const second = '5e1f3a52-0000-4000-8000-000000000002';
    const { dataSource } = api.database;
    await dataSource.query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at) VALUES ($1, 'second', '', '', false, now())`,
      [second],
    );
    // Of three one is not approved, so that nothing depends on it.
    await dataSource.query(
      `INSERT INTO block_rules (id, match_key, action, reason, note, proposed_by, proposed_at, approved_by, approved_at,
         starts_at, review_on)
       SELECT gen_random_uuid(), 'exact/090' || n, '{"type": "flag"}', '', '', $1, now(), CASE WHEN n < 3 THEN users.id END,
         CASE WHEN n < 3 THEN now() END, '2020-01-01', '2020-01-01'
       FROM generate_series(1, 3) AS n, users WHERE login = 'admin'`,
      [second],
    );
    await everyPartIsWell();
    await becomes('degraded');
    expect(await checkOf('block-rules')).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('見直し日になった着信規制が2件あります'),
    });
    await dueOn('2099-03-31');
    await everyPartIsWell();
    await becomes('ok');
    expect(await checkOf('block-rules')).toBeUndefined();
    await dueOn('2020-01-01');
    await becomes('degraded');
    await dataSource.query('UPDATE block_rules SET withdrawn_by = proposed_by, withdrawn_at = now()');
    await everyPartIsWell();
    await becomes('ok');
  });
});

describe('with the database down', () => {
  beforeEach(async () => {
    visitor = await api.administrator();
    await api.database.setReachable(false);
  });

  it('the box says so instead of hanging, routes fail understandably, and all is well afterwards', async () => {
    await becomes('down');
    const told = await api.http.application.get(HealthService, { strict: false }).details();
    expect(told.checks).toContainEqual(expect.objectContaining({ checkId: 'postgres', status: 'down' }));
    const refused = await visitor.ask('GET', '/api/v1/calls/live');
    expect([refused.status, refused.as(Failure).errorId]).toEqual([503, 'database-down']);
    const logIn = await api.visitor().logIn('admin', 'x');
    expect([logIn.status, logIn.as(Failure).errorId]).toEqual([503, 'database-down']);
    await api.database.setReachable(true);
    await everyPartIsWell();
    await becomes('ok');
    expect((await visitor.ask('GET', '/api/v1/calls/live')).status).toBe(200);
  });
});
