import { describe, expect, it } from '@jest/globals';
import { type HealthCheck } from '../api/generated/models.ts';
import { aHealthyBox } from '../../testing/fixtures.ts';
import { attentionItems } from './attention-items.ts';
import { formatBytes } from './bytes.ts';

const check = (checkId: string, status: HealthCheck['status'], detail: string | null = null): HealthCheck => ({
  checkId,
  status,
  detail,
  since: '2026-11-21T00:00:00Z',
});

describe('what needs attention', () => {
  it('is nothing on a healthy box', () => {
    expect(attentionItems(aHealthyBox())).toEqual([]);
  });

  it('comes with what to do, the urgent first', () => {
    const items = attentionItems(
      aHealthyBox({ checks: [check('spool', 'degraded', '残りわずか'), check('worker', 'down', '42秒')] }),
    );
    expect(items.map(({ id, urgent }) => [id, urgent])).toEqual([
      ['worker', true],
      ['spool', false],
    ]);
    expect(items[0]).toMatchObject({ what: '録音の保存処理が止まっています', detail: '42秒' });
    expect(items.every(({ todo }) => todo.length > 10)).toBe(true);
  });

  it('tells of a trunk that is away, not of a phone that is switched off', () => {
    const away = { id: 'x', name: 'ひかり電話', status: 'down', detail: '' } as const;
    const items = attentionItems(aHealthyBox({ trunks: [away], phones: [away] }));
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ id: 'trunk:x', what: '外線「ひかり電話」がつながっていません', detail: null });
  });

  it('warns of a disk that a long weekend can fill, once', () => {
    const storage = { freeBytes: 1e9, totalBytes: 480e9, hoursLeft: 71.9 };
    expect(attentionItems(aHealthyBox({ storage }))).toMatchObject([{ id: 'storage', urgent: false }]);
    expect(attentionItems(aHealthyBox({ storage: { ...storage, hoursLeft: 72 } }))).toEqual([]);
    expect(attentionItems(aHealthyBox({ storage: { ...storage, hoursLeft: 23 } }))[0]?.urgent).toBe(true);
    const told = attentionItems(aHealthyBox({ storage, checks: [check('spool', 'degraded')] }));
    expect(told.map(({ id }) => id)).toEqual(['spool']);
  });

  it('does not hide a part it does not know', () => {
    const [item] = attentionItems(aHealthyBox({ checks: [check('brand-new', 'down')] }));
    expect(item?.what).toBe('brand-newが止まっています');
    expect(item?.todo).not.toBe('');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [3_100_000_000, '3.10 GB'],
    [412_500_000_000, '413 GB'],
    [2_000_000_000_000, '2.00 TB'],
  ])('%p bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
