import { describe, expect, it } from '@jest/globals';
import { timelineWords } from './timeline-words.ts';

const words = (event: string, detail: Record<string, string> = {}) =>
  timelineWords({ at: '2026-11-21T00:05:00Z', offsetMs: 0, event, detail });

describe('the story of a call', () => {
  it('names people’s things by their names, else by their ids', () => {
    expect(words('answered', { phone: 'p201', phoneName: '市民課1' })).toBe('市民課1が応答しました');
    expect(words('answered', { phone: 'p201' })).toBe('p201が応答しました');
    expect(words('transferred', { phone: 'p201', phoneName: '市民課1', to: 'p301', toName: '収納係2' })).toBe(
      '市民課1が収納係2に転送しました',
    );
  });

  it.each([
    ['NOANSWER', '応答がありませんでした'],
    ['BUSY', '話し中でした'],
    ['CANCEL', '応答する前に相手が切断しました'],
    ['SOMETHING-NEW', '応答がありませんでした'],
  ])('says how ringing ended: %s', (status, outcome) => {
    expect(words('unanswered', { desk: 'tax', deskName: '税務課', status })).toBe(
      `税務課の呼び出しが終わりました(${outcome})`,
    );
  });

  it('tells what was done because the call lasted long, and what was only found', () => {
    expect(words('long-call', { act: 'tell-staff', minutes: '15' })).toBe('通話が15分になり、職員に知らせました');
    expect(words('long-call', { act: 'announce', minutes: '60', failed: 'yes' })).toContain('お知らせできませんでした');
    expect(words('supervisor-rung', { phone: 'p203' })).toBe('長い通話を知らせるため、p203を呼び出しました');
    expect(words('supervisor-told', { phone: 'p203', phoneName: '係長' })).toBe(
      '係長に、通話が長くなっていることを知らせました',
    );
    expect(words('supervisors-missed', { status: 'NOANSWER' })).toBe(
      '監督者の電話機には知らせることができませんでした(応答がありませんでした)',
    );
    expect(words('held', { phone: 'p201', found: 'later' })).toBe('p201が保留にしました(あとから確認)');
  });

  it('says who ended the call', () => {
    expect(words('end', { by: 'caller' })).toBe('相手側が電話を切りました');
    expect(words('end', { by: 'lost' })).toContain('確認できませんでした');
  });

  it('names trunks and notices as the office does', () => {
    expect(words('notice', { notice: 'recording', noticeName: '録音告知' })).toBe('告知「録音告知」を流し始めました');
    const trunk = { trunk: 'hikari', trunkName: 'ひかり電話' };
    expect(words('dialling', { ...trunk, line: 'main', lineName: '代表', withheld: 'no' })).toBe(
      '外線「ひかり電話」で呼び出しました(通知した番号: 代表)',
    );
    expect(words('not-connected', { trunk: 'hikari', status: 'CHANUNAVAIL', sip: '503' })).toContain('外線「hikari」');
  });

  it('has words for every way in which something failed', () => {
    for (const reason of [
      ...['flow-missing', 'flow-endless', 'line-missing', 'notice-missing', 'notice-failed', 'notice-stuck'],
      ...['engine-failed', 'journal-malformed'],
    ])
      expect(words('fault', { reason })).not.toContain(reason);
    expect(words('message-ended', { node: 'speak', by: 'failed' })).toBe(
      '用件の録音が終わりました(録音できませんでした)',
    );
  });

  it('tells what went wrong', () => {
    expect(words('fallback', { reason: 'lease-expired' })).toContain('控えの設定に切り替えました');
    expect(words('refused', { reason: 'unknown-line' })).toBe('つながずに終えました(着信番号が登録されていません)');
  });

  it('tells what the caller did and what the office’s hours said', () => {
    expect(words('schedule', { schedule: 'office', scheduleName: '本庁', openness: 'closed-day', rule: 'week' })).toBe(
      '開庁時間「本庁」を確かめました: 閉庁日(曜日ごとの時間)',
    );
    expect(words('menu-keys', { menu: 'ask', keys: '1' })).toBe('相手が「1」を押しました');
    expect(words('message-ended', { node: 'speak', by: 'silence' })).toBe('用件の録音が終わりました(無音が続きました)');
    expect(words('not-forwarded', { node: 'out', status: 'BUSY' })).toBe('外部への転送が終わりました(話し中でした)');
  });

  it('tells what the recording rules said and who paused, resumed and kept', () => {
    const ruled = { recordingRule: 'child', recordingRuleName: '児童相談', recording: 'never' };
    expect(words('recording-rule', ruled)).toBe('録音ルール「児童相談」により、録音しません');
    expect(words('recording-rule', { recordingRule: 'standard', recording: 'always' })).toBe(
      '録音ルール「標準」により、録音します',
    );
    const phone = { phone: 'p201', phoneName: '市民課1' };
    expect(words('recording-paused', { ...phone, seconds: '300' })).toBe('市民課1が録音を一時停止しました(最長300秒)');
    expect(words('recording-resumed', { by: 'time' })).toContain('自動的に');
    expect(words('recording-resumed', { by: 'transfer' })).toContain('転送により');
    expect(words('recording-resumed', { by: 'user', user: 'an-id', userName: '山田' })).toBe(
      '山田が録音を再開しました',
    );
    expect(words('recording-kept', phone)).toBe('市民課1が録音の保存を指示しました');
  });

  it('shows an event it does not know by its id', () => {
    expect(words('brand-new')).toBe('brand-new');
  });
});
