import { describe, expect, it } from '@jest/globals';
import type { HealthStatus } from './health.schema.ts';
import { certificateCheck, overallStatus, partChecks, storageOf, thingChecks } from './health-view.ts';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
const report = (checkId: string, status: HealthStatus = 'ok', reportedAgoMs = 1000) => ({
  checkId,
  status,
  detail: null,
  since: ago(3_600_000),
  reportedAt: ago(reportedAgoMs),
});
const healthy = ['asterisk', 'telephony', 'worker'].map((checkId) => report(checkId));
const statusOf = (reports: ReturnType<typeof report>[], trunks: ReturnType<typeof thingChecks> = []) =>
  overallStatus(partChecks(reports, NOW), trunks);

describe('the health of the box', () => {
  it('is ok when every part says so', () => {
    expect(statusOf(healthy)).toBe('ok');
  });

  it('is degraded when a process is gone, because calls go on without it', () => {
    expect(statusOf(healthy.filter(({ checkId }) => checkId !== 'telephony'))).toBe('degraded');
    expect(statusOf([...healthy, report('vault', 'down')])).toBe('degraded');
  });

  it('is down without Asterisk', () => {
    expect(statusOf([...healthy.slice(1), report('asterisk', 'down')])).toBe('down');
  });

  it('is degraded when a trunk is away, but not when a phone is switched off', () => {
    const reports = [report('trunk:carrier', 'down'), report('phone:p201', 'down')];
    const trunks = thingChecks('trunk', [{ id: 'carrier', name: '本線' }], reports, NOW);
    expect(statusOf(healthy, trunks)).toBe('degraded');
    expect(statusOf([...healthy, ...reports])).toBe('ok');
  });
});

describe('a report', () => {
  it('counts for 15 seconds, then its part is down since it was last heard of', () => {
    const [fresh] = partChecks([report('worker', 'ok', 15_000)], NOW);
    expect(fresh).toMatchObject({ checkId: 'worker', status: 'ok', since: ago(3_600_000).toISOString() });
    const [stale] = partChecks([report('worker', 'ok', 15_001)], NOW);
    expect(stale).toMatchObject({
      status: 'down',
      detail: '15秒間報告がありません。',
      since: ago(15_001).toISOString(),
    });
  });

  it('that never came is told', () => {
    const missing = partChecks([], NOW);
    expect(missing.map(({ checkId, status }) => [checkId, status])).toEqual([
      ['asterisk', 'down'],
      ['telephony', 'down'],
      ['worker', 'down'],
    ]);
    expect(thingChecks('phone', [{ id: 'p201', name: '市民課1' }], [], NOW)).toMatchObject([
      { id: 'p201', name: '市民課1', status: 'down' },
    ]);
  });

  it('of a phone that was removed from the configuration is not shown', () => {
    expect(thingChecks('phone', [], [report('phone:p201')], NOW)).toEqual([]);
  });
});

describe('the certificate', () => {
  const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
  it('is watched for the month before it runs out', () => {
    expect(certificateCheck(inDays(31), NOW).status).toBe('ok');
    expect(certificateCheck(inDays(29.5), NOW)).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('29日'),
    });
    expect(certificateCheck(inDays(-1), NOW)).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('切れて'),
    });
    expect(certificateCheck(null, NOW).status).toBe('degraded');
  });
});

describe('storage', () => {
  const gigabytes = (freeBytes: number) => ({ freeBytes: freeBytes * 1e9, totalBytes: 100e9 });
  it('is as much as the tightest file system has', () => {
    expect(storageOf([gigabytes(10), gigabytes(1)], 1e8)).toEqual({ ...gigabytes(1), hoursLeft: 10 });
  });
  it('is reckoned with raw audio until something has been sealed', () => {
    expect(storageOf([gigabytes(1)], null)?.hoursLeft).toBeCloseTo(8.7, 1);
  });
  it('is unknown when no file system answers', () => {
    expect(storageOf([], null)).toBeNull();
  });
});
