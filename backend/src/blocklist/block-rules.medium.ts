import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { ADMIN, ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Simulation } from '../routing/simulation.schema.ts';
import {
  BlockRule,
  BlockRuleHits,
  BlockRulePage,
  BlockRulesApproved,
  BlockRulesImported,
} from './block-rule.schema.ts';

const NUMBER = '09012345678';
const proposal = {
  match: { kind: 'exact', number: '０９０－１２３４－５６７８' },
  action: { type: 'refuse' },
  reason: '執拗な迷惑電話',
  reviewOn: '2099-03-31',
};

let api: ApiUnderTest;
let proposer: Visitor;
let approver: Visitor;

const ask = (visitor: Visitor, method: string, path: string, body?: object) =>
  visitor.ask(method, `/api/v1/block-rules${path}`, body ? { body } : {});
async function proposed(more: object = {}): Promise<BlockRule> {
  const answer = await ask(proposer, 'POST', '', { ...proposal, ...more });
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.as(BlockRule);
}
const approve = (visitor: Visitor, choice: object) => ask(visitor, 'POST', '/approve', choice);
async function inForce(more: object = {}): Promise<BlockRule> {
  const rule = await proposed(more);
  expect((await approve(approver, { rules: [rule.id] })).as(BlockRulesApproved)).toEqual({ approved: 1 });
  return rule;
}
const read = async (id: string) => (await ask(proposer, 'GET', `/${id}`)).as(BlockRule);
const failure = (answer: { status: number; as: (schema: typeof Failure) => Failure }) => [
  answer.status,
  answer.as(Failure).errorId,
];
const found = async (search: object) =>
  (await ask(proposer, 'POST', '/search', search)).as(BlockRulePage).rules.map(({ id }) => id);
const upload = (csv: string | Buffer, query = '') =>
  proposer.ask('POST', `/api/v1/block-rules/import${query}`, {
    body: csv,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(Buffer.byteLength(csv)) },
  });

beforeAll(async () => {
  api = await ApiUnderTest.start();
  const { dataSource } = api.database;
  await new ConfigurationVersionRepository(dataSource, new Clock()).add(smallOffice(), null, null);
  await dataSource.query(
    `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
     SELECT '5e1f3a52-0000-4000-8000-000000000002', 'second', '承認者', password_hash, false, now() FROM users LIMIT 1`,
  );
  await dataSource.query('UPDATE users SET must_change_password = false');
  proposer = await api.administrator();
  approver = api.visitor();
  await approver.logIn('second', ADMIN.password);
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.dataSource.query('DELETE FROM block_rules');
});

describe('a block rule', () => {
  it('does nothing before a second person has approved it', async () => {
    const rule = await proposed();
    expect(rule).toMatchObject({
      state: 'proposed',
      match: { kind: 'exact', number: NUMBER },
      approvedBy: null,
      hits: 0,
    });
    expect(failure(await approve(proposer, { rules: [rule.id] }))).toEqual([409, 'own-proposal']);
    expect((await approve(approver, { rules: [rule.id] })).as(BlockRulesApproved)).toEqual({ approved: 1 });
    expect(await read(rule.id)).toMatchObject({ state: 'in-force', approvedBy: { name: '承認者' } });
    expect(failure(await approve(approver, { rules: [rule.id] }))).toEqual([409, 'block-rule-not-proposed']);
    await expect(api.database.dataSource.query('UPDATE block_rules SET approved_by = proposed_by')).rejects.toThrow(
      'block_rules_second_person',
    );
  });

  it('leaves its trace, without the number', async () => {
    const rule = await inForce();
    await ask(proposer, 'PUT', `/${rule.id}`, { note: '次回見直し', reviewOn: '2099-09-30' });
    await ask(proposer, 'POST', `/${rule.id}/withdraw`, { reason: '解決したため' });
    const rows: { action: string; subject: string | null; detail: object }[] = await api.database.dataSource.query(
      `SELECT action, subject, detail FROM audit_events WHERE action LIKE 'block-rule%' ORDER BY id DESC LIMIT 4`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'block-rule.withdraw',
      'block-rule.change',
      'block-rule.approve',
      'block-rule.propose',
    ]);
    expect(JSON.stringify(rows)).toContain(rule.id);
    expect(JSON.stringify(rows)).not.toMatch(/9012345678|迷惑/);
  });

  it('refuses own, protected and emergency numbers, what the office does not have, and nonsense', async () => {
    const answers = [
      { match: { kind: 'exact', number: '03-1234-5678' } },
      { match: { kind: 'prefix', number: '03' } },
      { match: { kind: 'exact', number: '110' } },
      { match: { kind: 'prefix', number: '050' } },
      { lines: ['none'] },
      { action: { type: 'desk', desk: 'none' } },
      { action: { type: 'ask-number' } },
      { expiresAt: '2020-01-01T00:00:00Z' },
    ].map(async (wrong) => failure(await ask(proposer, 'POST', '', { ...proposal, ...wrong })));
    for (const answer of await Promise.all(answers)) expect(answer).toEqual([422, 'block-rule-invalid']);
    for (const wrong of [
      { match: { kind: 'exact', number: '田中' } },
      { reason: ' ' },
      { reviewOn: 'soon' },
      { lines: [] },
    ]) {
      expect(failure(await ask(proposer, 'POST', '', { ...proposal, ...wrong }))).toEqual([400, 'invalid-input']);
    }
    expect(await found({})).toEqual([]);
  });

  it('is refused at its approval when the number has become the office’s own', async () => {
    const rule = await proposed({ match: { kind: 'exact', number: '0312345600' } });
    const document = smallOffice();
    document.neverBlocked = [{ name: '新しい代表', number: '0312345600' }];
    const versions = new ConfigurationVersionRepository(api.database.dataSource, new Clock());
    await versions.add(document, null, null);
    expect(failure(await approve(approver, { rules: [rule.id] }))).toEqual([422, 'block-rule-invalid']);
    await versions.add(smallOffice(), null, null);
  });

  it('has the same callers, lines and time to itself', async () => {
    await inForce({ expiresAt: '2098-01-01T00:00:00Z' });
    const again = await proposed();
    expect(failure(await approve(approver, { rules: [again.id] }))).toEqual([409, 'block-rules-overlap']);
    await inForce({ startsAt: '2098-01-01T00:00:00Z' });
    await inForce({ lines: ['main'] });
    const twice = [await proposed({ match: { kind: 'withheld' } }), await proposed({ match: { kind: 'withheld' } })];
    const both = await approve(approver, { rules: twice.map(({ id }) => id) });
    expect(failure(both)).toEqual([409, 'block-rules-overlap']);
    expect(await read(twice[0]?.id ?? '')).toMatchObject({ state: 'proposed' });
  });

  it('shares its callers with five at most, one after the other', async () => {
    const year = (n: number) => `20${50 + n}-01-01T00:00:00Z`;
    for (let n = 0; n < 5; n += 1) await inForce({ startsAt: year(n), expiresAt: year(n + 1) });
    const sixth = await proposed({ startsAt: year(6), expiresAt: year(7) });
    expect(failure(await approve(approver, { rules: [sixth.id] }))).toEqual([409, 'block-rule-too-many-periods']);
  });

  it('is found by the numbers it catches and by digits, by kind, action, state and review date', async () => {
    const exact = await inForce();
    const prefix = await proposed({ match: { kind: 'prefix', number: '0901' }, action: { type: 'flag' } });
    const due = await inForce({ match: { kind: 'payphone' }, reviewOn: '2020-01-01' });
    const later = await inForce({ match: { kind: 'withheld' }, startsAt: '2098-01-01T00:00:00Z' });
    await ask(proposer, 'POST', `/${prefix.id}/withdraw`, { reason: '不要' });
    expect(await found({})).toEqual([later.id, due.id, prefix.id, exact.id]);
    expect(await found({ number: '090-1234-5678' })).toEqual([prefix.id, exact.id]);
    expect(await found({ number: '5678' })).toEqual([exact.id]);
    expect(await found({ kind: 'withheld' })).toEqual([later.id]);
    expect(await found({ action: 'flag' })).toEqual([prefix.id]);
    expect(await found({ state: 'withdrawn' })).toEqual([prefix.id]);
    expect(await found({ state: 'in-force' })).toEqual([due.id, exact.id]);
    expect(await found({ state: 'waiting' })).toEqual([later.id]);
    expect(await found({ reviewDue: true })).toEqual([due.id]);
    const first = (await ask(proposer, 'POST', '/search', { limit: 3 })).as(BlockRulePage);
    const rest = await ask(proposer, 'POST', '/search', { limit: 3, cursor: first.nextCursor ?? '' });
    expect(rest.as(BlockRulePage)).toMatchObject({ rules: [{ id: exact.id }], nextCursor: null });
    expect(failure(await ask(proposer, 'POST', '/search', { number: '田中' }))).toEqual([400, 'invalid-input']);
  });

  it('is over by itself, and then neither changed nor withdrawn', async () => {
    const rule = await inForce({ startsAt: '2020-01-01T00:00:00Z', expiresAt: '2099-01-01T00:00:00Z' });
    await api.database.dataSource.query(`UPDATE block_rules SET expires_at = '2021-01-01' WHERE id = $1`, [rule.id]);
    expect(await read(rule.id)).toMatchObject({ state: 'expired', reviewDue: false });
    expect(failure(await ask(proposer, 'PUT', `/${rule.id}`, { note: 'x' }))).toEqual([409, 'block-rule-over']);
    const withdrawal = await ask(proposer, 'POST', `/${rule.id}/withdraw`, { reason: 'x' });
    expect(failure(withdrawal)).toEqual([409, 'block-rule-over']);
  });

  it('tells the calls it has caught', async () => {
    const rule = await inForce();
    await api.database.dataSource.query(
      `INSERT INTO calls (id, direction, number, presentation, trunk_id, line_id, line_name, dialled, state, outcome,
         block_rule_id, block_action, started_at, ended_at, recorder, journal_lines, journal)
       SELECT gen_random_uuid(), 'incoming', '1', 'shown', 'hikari', 'main', '代表', '1', 'ended', 'refused', $1, 'refuse',
         timestamptz '2026-11-22 10:00Z' - n * interval '1 minute', now(), 'stopped', 1, '[]'
       FROM generate_series(1, 120) AS n`,
      [rule.id],
    );
    expect(await read(rule.id)).toMatchObject({ hits: 120, lastHitAt: '2026-11-22T09:59:00.000Z' });
    const page = (await ask(proposer, 'GET', `/${rule.id}/hits`)).as(BlockRuleHits);
    expect(page.hits).toHaveLength(100);
    expect(page.hits[0]).toMatchObject({ action: 'refuse', line: { id: 'main', name: '代表' } });
    const more = (await ask(proposer, 'GET', `/${rule.id}/hits?cursor=${page.nextCursor}`)).as(BlockRuleHits);
    expect([more.hits.length, more.nextCursor]).toEqual([20, null]);
  });

  it('is the first thing the simulator tells', async () => {
    const rule = await inForce();
    const simulate = async (more: object) => {
      const body = { at: '2090-11-24T10:00:00+09:00', line: 'main', caller: '+819012345678', ...more };
      return (await proposer.ask('POST', '/api/v1/routing/simulate', { body })).as(Simulation);
    };
    expect(await simulate({})).toMatchObject({
      block: { rule: rule.id, action: 'refuse', why: '着信規制(番号 090-1234-5678)に該当しました' },
      steps: [],
      end: { type: 'blocked', node: null },
    });
    expect(await simulate({ presentation: 'withheld' })).toMatchObject({ block: null, end: { type: 'desk' } });
    const marking = await inForce({ match: { kind: 'withheld' }, action: { type: 'flag' } });
    const marked = await simulate({ presentation: 'withheld' });
    expect(marked).toMatchObject({ block: { rule: marking.id, action: 'flag' }, end: { type: 'desk' } });
  });
});

const HEADING = '種別,番号,処置,切断理由,窓口,着信番号,理由,備考,開始,終了,見直し日';

describe('a file of block rules', () => {
  it('comes in whole, is approved as one, goes out and comes in again', async () => {
    const rows = [
      HEADING,
      '番号,\'09012345678,拒否,話し中,,main,"執拗な, 迷惑",メモ,2026/11/22 9:05,2098/12/31,2027/3/31',
      '先頭番号,０３９９,お断りの案内,,,,迷惑,,,,2027-03-31',
      '非通知,,固定の窓口,,shimin,,迷惑,,,,2027-03-31',
      '',
    ];
    const imported = (await upload(`\ufeff${rows.join('\r\n')}`)).as(BlockRulesImported);
    expect(imported).toMatchObject({ proposed: 3, skipped: 0 });
    expect((await approve(approver, { batch: imported.batch })).as(BlockRulesApproved)).toEqual({ approved: 3 });
    const { rules } = (await ask(proposer, 'POST', '/search', { number: '09012345678' })).as(BlockRulePage);
    expect(rules).toMatchObject([
      {
        match: { number: NUMBER },
        action: { type: 'refuse', cause: 'busy' },
        lines: ['main'],
        reason: '執拗な, 迷惑',
        startsAt: '2026-11-22T00:05:00.000Z',
        expiresAt: '2098-12-30T15:00:00.000Z',
        reviewOn: '2027-03-31',
      },
    ]);
    for (const encoding of ['utf-8', 'cp932']) {
      const file = await proposer.open('GET', `/api/v1/block-rules/export?encoding=${encoding}`);
      const chunks: Buffer[] = [];
      for await (const chunk of file as AsyncIterable<Buffer>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const text = encoding === 'cp932' ? iconv.decode(bytes, 'cp932') : bytes.toString();
      expect(text).toContain('"090-1234-5678","拒否","話し中","","main","執拗な, 迷惑","メモ","2026-11-22 09:05"');
      expect(failure(await upload(bytes))).toEqual([422, 'block-rule-import-refused']);
      const again = (await upload(bytes, '?duplicates=skip')).as(BlockRulesImported);
      expect(again).toEqual({ batch: null, proposed: 0, skipped: 3 });
      await api.database.dataSource.query('DELETE FROM block_rules');
      expect((await upload(bytes)).as(BlockRulesImported)).toMatchObject({ proposed: 3 });
    }
    expect(await api.audited('block-rules.import')).toHaveLength(3);
    expect(await api.audited('block-rules.export')).toHaveLength(2);
  });

  it('is refused as a whole, with what is wrong row by row', async () => {
    const rows = [
      HEADING,
      '番号,09011112222,拒否,,,,迷惑,,,,2027-03-31',
      '番号,9011112222,拒否,,,,迷惑,,,,2027-03-31',
      '番号,09011112222,お断りの案内,,,,別の理由,,,,2027-03-31',
      '電話,1,切る,,,,,,いつか,,',
      '番号,0312345678,拒否,,,none,迷惑,,,2020-01-01,2027-02-30',
    ];
    const answer = await upload(rows.join('\n'));
    expect(failure(answer)).toEqual([422, 'block-rule-import-refused']);
    const { problems, total } = answer.as(Failure).details as {
      problems: { row: number; column: string }[];
      total: number;
    };
    expect(problems.map(({ row, column }) => `${row} ${column}`)).toEqual([
      ...['3 番号', '4 番号', '5 種別', '5 処置', '5 開始', '6 見直し日'],
    ]);
    expect(total).toBe(6);
    expect(await found({})).toEqual([]);
  });

  it.each([
    ['is empty', ''],
    ['lacks headings', '番号,理由\n1,2'],
    ['has headings of its own', `${HEADING},色\n`],
    ['is no text', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])],
  ])('that %s is refused', async (_, csv) => {
    expect(failure(await upload(csv))).toEqual([422, 'block-rule-import-refused']);
  });

  it('of another type is refused', async () => {
    const answer = await proposer.ask('POST', '/api/v1/block-rules/import', { body: {} });
    expect(failure(answer)).toEqual([415, 'unsupported-media-type']);
  });
});
