import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import type { Visitor } from '../../../test/medium/api/visitor.ts';
import { twoPeople } from '../../../test/medium/two-people.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { ConfigurationVersion } from '../configuration/configuration.schema.ts';
import { smallOffice } from '../configuration/document.fixture.ts';
import { Clock } from '../platform/clock.ts';
import { Failure } from '../platform/http/openapi.ts';
import { Simulation } from '../routing/simulation.schema.ts';
import { BlockRule, BlockRuleHits, BlockRulePage, BlockRulesApproved } from './block-rule.schema.ts';

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
beforeAll(async () => {
  api = await ApiUnderTest.start();
  ({ proposer, approver } = await twoPeople(api));
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
      { reason: '\ud83d' },
      { startsAt: '0000-01-01T00:00:00Z' },
      { expiresAt: '9999-12-31T23:59:59-23:59' },
      { reviewOn: '0000-01-01' },
      { match: { kind: 'exact', number: '+' } },
    ]) {
      expect(failure(await ask(proposer, 'POST', '', { ...proposal, ...wrong }))).toEqual([400, 'invalid-input']);
    }
    expect(await found({})).toEqual([]);
  });

  it('is refused at its approval when the number has become the office’s own, or its desk is gone', async () => {
    const rule = await proposed({ match: { kind: 'exact', number: '0312345600' } });
    const toDesk = await proposed({ action: { type: 'desk', desk: 'shimin' } });
    const document = smallOffice();
    for (const desk of document.desks) desk.id = 'jumin';
    document.neverBlocked = [{ name: '新しい代表', number: '0312345600' }];
    const versions = new ConfigurationVersionRepository(api.database.dataSource, new Clock());
    await versions.add(document, null, null);
    for (const { id } of [rule, toDesk]) {
      expect(failure(await approve(approver, { rules: [id] }))).toEqual([422, 'block-rule-invalid']);
    }
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

  it('is about a number abroad, or all of them, in either way to write it', async () => {
    const numberOf = async (kind: string, number: string) => (await proposed({ match: { kind, number } })).match.number;
    expect(await numberOf('exact', '010-44-20-7946-0958')).toBe('+442079460958');
    expect(await numberOf('prefix', '010 44')).toBe('+44');
    expect([await numberOf('prefix', '＋'), await numberOf('prefix', '010')]).toEqual(['+', '+']);
    expect(await found({ number: '010-44-20-7946-0958' })).toHaveLength(4);
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
    const { document } = (await proposer.ask('GET', '/api/v1/configuration')).as(ConfigurationVersion);
    expect(await simulate({ document })).toMatchObject({ block: { rule: rule.id } });
  });
});
