import { describe, expect, it } from '@jest/globals';
import type { EndpointContact } from '../asterisk/ami-commands.ts';
import { refusalsIn, trunkFacts } from './trunk-state.ts';
import type { Trunk } from './trunk.schema.ts';

const peer: Trunk = { id: 'a', name: '直収', type: 'peer', host: '192.0.2.1', port: 5060 };
const gateway: Trunk = { ...peer, type: 'registration', user: '3', secret: 'secret' };
const contact = (status: EndpointContact['status'], roundTripMs: number | null = null): EndpointContact => ({
  ...{ endpoint: 'trunk-a', status, roundTripMs },
});
const registration = (status: string) => ({ endpoint: 'trunk-a', status });

describe('a peer', () => {
  it.each([
    [[contact('reachable', 3)], 'reachable', 3],
    [[contact('unqualified')], 'unverified', null],
    [[contact('unreachable')], 'unreachable', null],
    [[], 'unreachable', null],
  ] as const)('with %j is %s', (contacts, state, roundTripMs) => {
    expect(trunkFacts(peer, contacts, null, null)).toMatchObject({ state, roundTripMs });
  });
});

describe('a trunk that registers', () => {
  it.each([
    [contact('reachable', 3), registration('Registered'), null, 'registered'],
    [contact('unqualified'), registration('Registered'), null, 'registered'],
    [contact('unreachable'), registration('Registered'), null, 'unreachable'],
    [contact('reachable'), registration('Rejected'), '403', 'rejected'],
    [contact('reachable'), registration('Unregistered'), '401', 'rejected'],
    [contact('reachable'), registration('Unregistered'), null, 'unregistered'],
    [contact('unreachable'), registration('Unregistered'), null, 'unreachable'],
    [contact('reachable'), null, null, 'unregistered'],
  ] as const)('with %j and %j, refused by %s, is %s', (seen, told, refusal, state) => {
    expect(trunkFacts(gateway, [seen], told, refusal).state).toBe(state);
  });

  it('tells by which status it was refused', () => {
    expect(trunkFacts(gateway, [contact('reachable')], registration('Rejected'), '403').detail).toContain('SIP 403');
  });

  it('that is registered and answers no OPTIONS may be one that never does', () => {
    const told = trunkFacts(gateway, [contact('unreachable')], registration('Registered'), null);
    expect(told).toMatchObject({ state: 'unreachable', detail: expect.stringContaining('「応答の確認(秒ごと)」を0') });
    expect(trunkFacts(peer, [contact('unreachable')], null, null).detail).toBe('相手の機器から応答がありません。');
  });

  it('sends nobody to look for a password that is not to blame', () => {
    const adviceFor = (status: string) =>
      trunkFacts(gateway, [contact('reachable')], registration('Unregistered'), status).detail;
    expect(adviceFor('401')).toContain('パスワードを確かめて');
    expect(adviceFor('503')).not.toContain('パスワード');
  });
});

it('finds the last refusal of each account in the log', () => {
  const log = [
    "[...] WARNING[7] res_pjsip_outbound_registration.c: Temporal response '503' received from 'sip:192.0.2.1:5060' on registration attempt to 'sip:3@192.0.2.1:5060', retrying in '10'",
    "[...] WARNING[7] res_pjsip_outbound_registration.c: '403' fatal response received from 'sip:192.0.2.1:5060' on registration attempt to 'sip:3@192.0.2.1:5060', retrying in '60' seconds",
    "[...] WARNING[7] res_pjsip_outbound_registration.c: No response received from 'sip:192.0.2.2:5060' on registration attempt to 'sip:4@192.0.2.2:5060', retrying in '10'",
  ].join('\n');
  expect(refusalsIn(log)).toEqual(new Map([['3@192.0.2.1', '403']]));
});

it('finds those that Asterisk words otherwise, and none where the registrar has fallen silent since', () => {
  const to = (account: string) => `received from 'sip:192.0.2.1:5060' on registration attempt to 'sip:${account}:5060'`;
  const log = [
    `403 Forbidden fatal response ${to('3@192.0.2.1')}, retrying in '60' seconds`,
    `'401' fatal response ${to('4@192.0.2.1')}, retrying in '60' seconds`,
    `No response ${to('4@192.0.2.1')}, retrying in '10'`,
  ].join('\n');
  expect(refusalsIn(log)).toEqual(new Map([['3@192.0.2.1', '403']]));
});
