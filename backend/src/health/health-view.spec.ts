import { describe, expect, it } from '@jest/globals';
import { headroomOf, parseHeadroomSteps } from '../headroom/headroom.ts';
import type { HealthStatus } from './health.schema.ts';
import {
  blockRulesCheck,
  certificateCheck,
  headroomCheck,
  overallStatus,
  partChecks,
  storageOf,
  thingChecks,
  voiceCheck,
} from './health-view.ts';

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

describe('block rules', () => {
  it('are no matter until some are due for review, and then a warning with their number', () => {
    expect(blockRulesCheck(0)).toEqual([]);
    const due = blockRulesCheck(3);
    expect(due).toMatchObject([{ checkId: 'block-rules', status: 'degraded', detail: expect.stringContaining('3件') }]);
    expect(overallStatus(due, [])).toBe('degraded');
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

describe('the room for recordings', () => {
  const disk = (freeBytes: number, device: number) => ({ device, freeBytes, totalBytes: 100e9 });
  const headroom = (gigabytes: number, reserve = { leftBytes: 4, wholeBytes: 4 }) =>
    headroomOf({
      ...{ spool: disk(gigabytes * 1e9, 1), vault: disk(gigabytes * 1e9, 1), floorBytes: 0 },
      ...{ rate: { vaultBytesPerHour: 1e8, recordedHoursPerDay: 2 }, reserve },
      steps: parseHeadroomSteps('14d,3d,4h'),
    });

  it.each([
    [10, 'ok', '約100時間分(これまでの録音量で約50日分)'],
    [2, 'degraded', '約20時間分(これまでの録音量で約10日分)'],
    [0.5, 'degraded', '約5時間分(これまでの録音量で約2.5日分)'],
    [0.3, 'degraded', '約3時間分(これまでの録音量で約1.5日分)'],
    [0, 'down', 'いっぱいです'],
  ])('of %p GB is %s, in words', (gigabytes, status, words) => {
    const check = headroomCheck(headroom(gigabytes));
    expect(check).toMatchObject({ checkId: 'headroom', status, detail: expect.stringContaining(words) });
  });

  it('is down once the reserve is used, with the minutes that are left of it', () => {
    const words = '残り約31分';
    expect(headroomCheck(headroom(0.03, { leftBytes: 30e6, wholeBytes: 40e6 })).detail).toContain(words);
  });

  it('is told once for one disk, and for each of two, the tighter first', () => {
    expect(storageOf(headroom(1))).toMatchObject({ level: 'notice', hoursLeft: 10, places: [{ place: 'both' }] });
    const apart = headroomOf({
      ...{ spool: disk(50e9, 1), vault: disk(1e9, 2), floorBytes: 0, steps: parseHeadroomSteps('14d,3d,4h') },
      ...{ rate: { vaultBytesPerHour: null, recordedHoursPerDay: null }, reserve: { leftBytes: 0, wholeBytes: 0 } },
    });
    const told = storageOf(apart);
    expect(told?.places.map(({ place }) => place)).toEqual(['vault', 'spool']);
    expect(told).toMatchObject({ hoursLeft: 19.3, measured: false, daysLeft: null });
  });

  it('that cannot be looked at is told', () => {
    expect(storageOf(null)).toBeNull();
    expect(headroomCheck(null).status).toBe('degraded');
  });
});

describe('the voice that speaks texts', () => {
  it('is named, whichever it is no trouble, and how to get a better one is told', () => {
    expect(voiceCheck(null)).toEqual([]);
    const [better, worse] = (['open-jtalk', 'espeak-ng'] as const).flatMap((voice) => voiceCheck(voice));
    expect([better?.status, worse?.status]).toEqual(['ok', 'ok']);
    expect(better?.detail).toContain('Open JTalk の声で読み上げます');
    expect(worse?.detail).toContain('HTS音声のファイル(*.htsvoice)');
  });
});
