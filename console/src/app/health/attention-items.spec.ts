import { describe, expect, it } from '@jest/globals';
import { type HealthCheck } from '../api/generated/models.ts';
import { aHealthyBox, someStorage } from '../../testing/fixtures.ts';
import { attentionItems, partDetail } from './attention-items.ts';
import { formatBytes } from './bytes.ts';
import { howLong } from './headroom-words.ts';

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

  it('tells of the business phone that is away', () => {
    const pbx = { id: 'pbx', name: '庁舎の主装置', status: 'down', detail: '応答なし' } as const;
    expect(attentionItems(aHealthyBox({ pbx }))).toMatchObject([
      { id: 'pbx', urgent: true, what: '主装置「庁舎の主装置」がつながっていません', detail: '応答なし' },
    ]);
    expect(attentionItems(aHealthyBox({ pbx: { ...pbx, status: 'ok' } }))).toEqual([]);
  });

  it.each([
    ['notice', '録音できる残りは、あと約12日分です', false],
    ['warning', '録音できる残りが少なくなっています(あと約12日分)', false],
    ['alarm', '録音できる残りがわずかです(あと約12日分)', true],
    ['reserve', '録音の保存先がいっぱいです。まもなく録音できなくなります', true],
  ] as const)('tells at the step %p how long there is room for recordings, and what to do', (level, what, urgent) => {
    const storage = someStorage({ level, daysLeft: 12.6 });
    const items = attentionItems(aHealthyBox({ storage, checks: [check('headroom', 'degraded', '約12日分')] }));
    expect(items).toMatchObject([{ id: 'headroom', what, urgent }]);
    expect(items[0]?.todo).toContain('ディスク');
  });

  it.each([
    [{ daysLeft: 1500, hoursLeft: 9000 }, '約1,500日分'],
    [{ daysLeft: 1.9, hoursLeft: 20.8 }, '約20時間分'],
    [{ daysLeft: null, hoursLeft: 5000 }, '約5,000時間分'],
    [{ daysLeft: null, hoursLeft: 0.5 }, '約30分間分'],
  ])('says %p in the unit that says most', (left, words) => {
    expect(howLong(left)).toBe(words);
  });

  it.each([
    ['reconciliation', 'down', '食い違いが多すぎるため、録音の照合を止めました'],
    ['reconciliation', 'degraded', '録音の照合の結果を確認してください'],
    ['timestamp', 'degraded', 'タイムスタンプの確認が必要です'],
    ['witness', 'degraded', '立会い装置の署名を得られていません'],
    ['witness', 'down', '立会い装置が署名を拒否しました'],
    ['log', 'down', '操作記録ログの署名が止まっています'],
    ['block-rules', 'degraded', '着信規制の見直しの時期です'],
  ] as const)('says of %s that is %s: %s', (checkId, status, what) => {
    expect(attentionItems(aHealthyBox({ checks: [check(checkId, status, '詳細')] }))[0]?.what).toBe(what);
  });

  it('does not hide a part it does not know', () => {
    const [item] = attentionItems(aHealthyBox({ checks: [check('brand-new', 'down')] }));
    expect(item?.what).toBe('brand-newが止まっています');
    expect(item?.todo).not.toBe('');
  });
});

describe('the table of parts', () => {
  it.each([
    ['timestamp', 'ok', null, '操作記録ログの署名に、時刻認証局のタイムスタンプが付いています。', false],
    ['reconciliation', 'ok', null, 'まだ行われていません。毎日午前2時30分に自動で行います。', false],
    ['reconciliation', 'ok', '録音9件とファイル9件が一致しています。', '録音とファイルは一致しています。', false],
    ['reconciliation', 'degraded', '照合で食い違いが見つかりました', '照合で食い違いが見つかりました', true],
    ['worker', 'ok', null, '－', false],
  ] as const)('says of %s that is %s with %j: %s', (checkId, status, detail, words, own) => {
    expect(partDetail(check(checkId, status, detail))).toEqual({ words, own });
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
