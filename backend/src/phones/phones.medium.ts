import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { ConfigurationVersion } from '../configuration/configuration.schema.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { HealthReportRepository } from '../health/health-report.repository.ts';
import { KEPT_SECRET, Secret } from '../platform/secret.schema.ts';
import { Clock } from '../platform/clock.ts';
import { TrunkStates } from '../trunks/trunk-state.schema.ts';
import { FreshSecret, PhoneSettings, PhoneStates } from './phone-state.schema.ts';

let api: ApiUnderTest;
let visitor: Visitor;
let reports: HealthReportRepository;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  visitor = await api.administrator();
  await visitor.ask('PUT', '/api/v1/configuration', { body: smallOffice() });
  reports = new HealthReportRepository(api.database.dataSource, new Clock());
});
afterAll(() => api.stop());

describe('secrets', () => {
  it('are never told again, and stay when the document is handed back', async () => {
    const told = (await visitor.ask('GET', '/api/v1/configuration')).as(ConfigurationVersion).document;
    expect(told.phones[0]).toMatchObject({ id: 'p201', secret: KEPT_SECRET });
    const renamed = { ...told, site: { id: 'hq', name: '別名' } };
    const answer = await visitor.ask('PUT', '/api/v1/configuration', { body: renamed });
    expect(JSON.stringify(answer.as(ConfigurationVersion))).not.toContain('secret-of-201');
    const settings = (await visitor.ask('GET', '/api/v1/phones/p201/settings')).as(PhoneSettings);
    expect(settings).toMatchObject({
      name: '市民課1',
      user: '201',
      password: 'secret-of-201',
      transport: 'udp',
      media: 'rtp',
    });
    const audited = await api.audited('phone.settings');
    expect(audited.at(-1)).toMatchObject({ subject: 'p201' });
    expect(JSON.stringify(audited)).not.toContain('secret-of-201');
  });

  it('are made anew each time, fit for a phone', async () => {
    const make = async () => (await visitor.ask('POST', '/api/v1/phones/secret')).as(FreshSecret).secret;
    const [one, other] = [await make(), await make()];
    expect(one).not.toBe(other);
    expect(Secret.parse(one)).toBe(one);
  });

  it('of phones behind the business phone there are none', async () => {
    expect((await visitor.ask('GET', '/api/v1/phones/p301/settings')).status).toBe(404);
  });

  it('cannot travel by TLS where the box has no port for it', async () => {
    const document = smallOffice();
    for (const phone of document.phones) if (phone.type === 'sip') phone.transport = 'tls';
    const answer = await visitor.ask('PUT', '/api/v1/configuration', { body: document });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.json())).toContain('tls-not-enabled');
  });
});

describe('states', () => {
  const trunks = async () => (await visitor.ask('GET', '/api/v1/trunks')).as(TrunkStates).trunks;

  it('are unknown until they are reported, and known since they changed', async () => {
    expect(await trunks()).toMatchObject([{ id: 'hikari', type: 'peer', state: 'unknown', since: null }]);
    const reachable = { state: 'reachable', roundTripMs: 3.5 };
    expect(await reports.report('trunk:hikari', 'ok', null, reachable)).toBe(true);
    const [before] = await trunks();
    expect(before).toMatchObject({ state: 'reachable', roundTripMs: 3.5 });
    expect(await reports.report('trunk:hikari', 'ok', null, reachable)).toBe(false);
    expect((await trunks())[0]?.since).toBe(before?.since);
    expect(await reports.report('trunk:hikari', 'down', '応答がありません。', { state: 'unreachable' })).toBe(true);
    expect(await trunks()).toMatchObject([{ state: 'unreachable', detail: '応答がありません。', roundTripMs: null }]);
  });

  it('of phones are told, too', async () => {
    await reports.report('phone:p201', 'down', null, { state: 'unregistered' });
    const { phones } = (await visitor.ask('GET', '/api/v1/phones')).as(PhoneStates);
    expect(phones).toMatchObject([
      { id: 'p201', extension: '201', type: 'sip', state: 'unregistered', desks: [{ id: 'shimin', name: '市民課' }] },
      { id: 'p301', extension: '301', type: 'pbx', state: 'unknown' },
    ]);
  });
});
