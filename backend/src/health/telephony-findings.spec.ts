import { describe, expect, it } from '@jest/globals';
import type { EndpointContact } from '../asterisk/ami-commands.ts';
import { testDocument } from '../calls/doubles.fixture.ts';
import {
  asteriskFinding,
  endpointFindings,
  isSafeVersion,
  spoolFinding,
  telephonyFinding,
} from './telephony-findings.ts';

const contact = (endpoint: string, status: EndpointContact['status'], roundTripMs: number | null = null) => ({
  endpoint,
  status,
  roundTripMs,
});

describe('the version of Asterisk', () => {
  it.each([
    ['22.10.1+dfsg+~cs6.17.60671434-1', true],
    ['22.10.2', true],
    ['22.11.0-rc1', true],
    ['23.0.0', true],
    ['22.10.0', false],
    ['22.9.9', false],
    ['20.18.2', false],
    ['GIT-master', false],
  ])('%s is safe: %s', (version, safe) => {
    expect(isSafeVersion(version)).toBe(safe);
  });
});

describe('Asterisk', () => {
  it.each([
    [null, true, 'down'],
    ['22.10.0', true, 'degraded'],
    ['22.10.1', false, 'degraded'],
    ['22.10.1', true, 'ok'],
  ])('of version %s with AMI %s is %s', (version, ami, status) => {
    expect(asteriskFinding(version, ami)).toMatchObject({ checkId: 'asterisk', status });
  });

  it('that is too old is told with its version and the one needed', () => {
    expect(asteriskFinding('22.9.0', true).detail).toMatch(/22\.9\.0.*22\.10\.1/);
  });
});

describe('telephony', () => {
  it.each([
    [{ failingRecorders: 0, configurationError: null }, 'ok'],
    [{ failingRecorders: 2, configurationError: null }, 'degraded'],
    [{ failingRecorders: 0, configurationError: 'endpoint missing' }, 'degraded'],
  ])('with %j is %s', (state, status) => {
    expect(telephonyFinding(state)).toMatchObject({ checkId: 'telephony', status });
  });
});

describe('trunks and phones', () => {
  const statusOf = (checkId: string, contacts: EndpointContact[], document = testDocument) =>
    endpointFindings(document, { contacts, registrations: [], refusals: new Map() }).find(
      (finding) => finding.checkId === checkId,
    )?.status;

  it.each<[string, EndpointContact[]]>([
    ['ok', [contact('trunk-carrier', 'reachable', 3)]],
    ['ok', [contact('trunk-carrier', 'unqualified')]],
    ['down', [contact('trunk-carrier', 'unreachable')]],
    ['down', []],
  ])('a trunk is %s with %j', (status, contacts) => {
    expect(statusOf('trunk:carrier', contacts)).toBe(status);
  });

  it.each<[string, EndpointContact[]]>([
    ['ok', [contact('201', 'unqualified')]],
    ['ok', [contact('201', 'unreachable'), contact('201', 'reachable', 1)]],
    ['down', [contact('201', 'unreachable')]],
    ['down', [contact('202', 'reachable')]],
  ])('a phone is %s with %j', (status, contacts) => {
    expect(statusOf('phone:p201', contacts)).toBe(status);
  });

  it('a phone behind the business phone is as its system is', () => {
    const behind = { id: 'p301', name: '奥', type: 'pbx' as const, extension: '301', number: '301' };
    const document = { ...testDocument, phones: [behind] };
    expect(statusOf('phone:p301', [contact('pbx', 'reachable', 2)], document)).toBe('ok');
    expect(statusOf('phone:p301', [contact('pbx', 'unreachable')], document)).toBe('down');
  });

  it('the business phone is told where there is one', () => {
    const pbx = { name: '主装置', host: '192.0.2.20', port: 5060 };
    expect(statusOf('pbx:pbx', [contact('pbx', 'unreachable')], { ...testDocument, pbx })).toBe('down');
    expect(statusOf('pbx:pbx', [contact('pbx', 'unqualified')], { ...testDocument, pbx })).toBe('ok');
    expect(statusOf('pbx:pbx', [])).toBeUndefined();
  });
});

describe('the spool', () => {
  it.each([
    [1e12, 0, 'ok'],
    [1e12, 400, 'degraded'],
    [2e9, 1, 'degraded'],
    [50e6, 0, 'down'],
  ])('with %d bytes free and %d recordings is %s', (freeBytes, recordings, status) => {
    expect(spoolFinding(freeBytes, recordings).status).toBe(status);
  });

  it('tells how long the room lasts at the present rate', () => {
    expect(spoolFinding(1.152e9 * 100, 10).detail).toContain('約100時間分');
  });
});
