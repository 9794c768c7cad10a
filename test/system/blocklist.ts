import { beforeAll, describe, expect, it } from '@jest/globals';
import { BlockRule, BlockRuleHits } from '../../backend/src/blocklist/block-rule.schema.ts';
import { inDatabase } from '../town/box-database.ts';
import { newNumber } from '../town/conversation.ts';
import { OFFICE } from '../town/office.ts';
import { OfficeApi } from '../town/office-api.ts';
import { type Scene } from '../town/scene.ts';
import { eventually } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

/** Nobody approves what they have proposed. */
async function secondPerson({ box }: Scene): Promise<OfficeApi> {
  await inDatabase(box.home, (client) =>
    client.query(
      `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
       SELECT gen_random_uuid(), 'second', '承認者', password_hash, false, now() FROM users WHERE login = 'admin'`,
    ),
  );
  const second = new OfficeApi(box);
  await second.call('POST', '/session', { login: 'second', password: OfficeApi.password });
  return second;
}

describe('a block rule', () => {
  let scene: Scene;
  let second: OfficeApi;

  beforeAll(async () => {
    scene = await ordinaryDay();
    second = await secondPerson(scene);
  });

  it('that a second person has approved turns its number away at once, and tells the call; withdrawn, it does not', async () => {
    const from = newNumber();
    const proposal = { match: { kind: 'exact', number: from }, action: { type: 'refuse' }, reason: '迷惑電話' };
    const proposed = { ...proposal, reviewOn: '2099-03-31' };
    const rule = await scene.api.json(BlockRule, 'POST', '/block-rules', proposed);
    await second.call('POST', '/block-rules/approve', { rules: [rule.id] });
    scene.town.phone('201').willRingOut();
    await eventually('the rule to be in force', async () => {
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      const hangUp = setTimeout(() => void caller.hangUp().catch(() => undefined), 500);
      const { sipStatus } = await caller.ended();
      clearTimeout(hangUp);
      return sipStatus === 403;
    });
    const call = await scene.api.callWhere('the refused call', { number: from }, ({ outcome, recording }) => {
      return outcome === 'refused' && recording?.state === 'none';
    });
    expect(call).toMatchObject({ reason: 'blocked', blockRule: { id: rule.id, action: 'refuse' } });
    expect(call.recording).toMatchObject({ completeness: 'none', reason: 'refused' });
    const { hits } = await scene.api.json(BlockRuleHits, 'GET', `/block-rules/${rule.id}/hits`);
    expect(hits.map(({ callId }) => callId)).toContain(call.id);

    await scene.api.call('POST', `/block-rules/${rule.id}/withdraw`, { reason: '解決したため' });
    await eventually('the rule to be withdrawn', async () => {
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      const hangUp = setTimeout(() => void caller.hangUp().catch(() => undefined), 500);
      const { sipStatus } = await caller.ended();
      clearTimeout(hangUp);
      return sipStatus !== 403;
    });
  }, 60_000);
});
