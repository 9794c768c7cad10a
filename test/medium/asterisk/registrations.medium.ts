import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { endpointFindings, peersOf } from '../../../backend/src/health/telephony-findings.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { refusalsIn } from '../../../backend/src/trunks/trunk-state.ts';
import { longestGapMs, toneIntervals, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { GATEWAY_ACCOUNT, SECOND_GATEWAY_ACCOUNT } from '../../town/town-configuration.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually } from '../../town/waiting.ts';
import { type BoxAsterisk, story } from './box-asterisk.ts';
import { invite } from './invite.ts';
import { phoneAt, setStage } from './stage.ts';

const place = await Place.claim();
const PHONE = '201';
const OUTSIDE = '0398765432';
const OUTSIDE_HZ = 1000;
const PHONE_HZ = 1400;
const GATEWAY = place.gateway;
const NUMBER = { first: '0312345671', second: '0312345672', both: '0312345673' };
const CALLER = `<sip:0901234567@${GATEWAY}>`;
const SECONDS = 20_000;

const account = (id: string, { user, secret }: typeof GATEWAY_ACCOUNT) => ({
  ...{ id, name: id, type: 'registration' as const, host: GATEWAY, port: 5060 },
  user,
  secret,
  probeSeconds: 3,
});
const line = (id: string, trunk: string, number: string) => {
  const nodes = { end: { type: 'end' as const, cause: 'busy' as const } };
  return { id, name: id, trunk, number, flow: { start: 'end', nodes } };
};

const office = (secret = SECOND_GATEWAY_ACCOUNT.secret): ConfigurationDocument => ({
  site: { id: 'hq', name: '町役場' },
  trunks: [
    { id: 'carrier', name: '直収', type: 'peer', host: place.carrier, port: 5060 },
    account('first', GATEWAY_ACCOUNT),
    account('second', { ...SECOND_GATEWAY_ACCOUNT, secret }),
  ],
  outgoing: { prefix: '0', trunks: ['second', 'first'] },
  pbx: null,
  phones: [phoneAt(PHONE)],
  desks: [],
  notices: [],
  lines: [
    line('first', 'first', NUMBER.first),
    line('second', 'second', NUMBER.second),
    line('both-first', 'first', NUMBER.both),
    line('both-second', 'second', NUMBER.both),
  ],
  recordings: STANDARD_RECORDINGS,
});

describe('two accounts at one gateway, with no backend', () => {
  const stage = setStage(place, { office: office() });
  const { callOver } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(async () => {
    ({ box, town } = stage);
    for (const trunk of ['first', 'second']) await untilState(trunk, 'registered');
  });

  async function findingOf(trunk: string, document = office()) {
    const [contacts, registrations] = await Promise.all([
      box.commands.contacts(peersOf(document)),
      box.commands.registrations(),
    ]);
    const findings = endpointFindings(document, { contacts, registrations, refusals: refusalsIn(box.log()) });
    return findings.find(({ checkId }) => checkId === `trunk:${trunk}`);
  }

  const untilState = (trunk: string, state: string) =>
    eventually(
      `${trunk} to be ${state}`,
      async () => {
        const finding = await findingOf(trunk);
        if (finding?.state === state) return finding;
        throw new Error(JSON.stringify(finding));
      },
      { withinMs: SECONDS },
    );

  async function contactOf(user: string): Promise<string> {
    const contact = await town.gatewayContact(user);
    if (contact === null) throw new Error(`the gateway does not know ${user}`);
    return contact;
  }

  const plainAddressOf = (user: string) => `sip:${user}@${box.sip.host}:${box.sip.port}`;

  it.each([
    ['first', GATEWAY_ACCOUNT.user],
    ['second', SECOND_GATEWAY_ACCOUNT.user],
  ])('a call that is sent to the %s is its call, whatever number was dialled', async (trunk, user) => {
    expect(await invite(GATEWAY, box.sip, NUMBER.both, CALLER, [], await contactOf(user))).toBe(486);
    expect((await callOver()).entries[0]).toMatchObject({ trunk, line: `both-${trunk}`, dialled: NUMBER.both });
  });

  it.each(['first', 'second'] as const)(
    'a call for a number of the %s is its call where the gateway drops what tells them apart',
    async (trunk) => {
      const uri = plainAddressOf(SECOND_GATEWAY_ACCOUNT.user);
      expect(await invite(GATEWAY, box.sip, NUMBER[trunk], CALLER, [], uri)).toBe(486);
      expect((await callOver()).entries[0]).toMatchObject({ trunk, line: trunk });
    },
  );

  it('nobody else can call as an account, even by its own address', async () => {
    const contact = await contactOf(SECOND_GATEWAY_ACCOUNT.user);
    for (const address of [place.carrier, place.address(100)])
      expect(await invite(address, box.sip, NUMBER.second, CALLER, [], contact)).not.toBe(486);
    expect(await stage.call()).toBeUndefined();
  });

  it('a call goes out as the account whose turn it is', async () => {
    const from = async () => {
      const called = await town.phone(OUTSIDE).rung();
      await called.answered();
      return await called.header('From');
    };
    const connected = (steps: string[]) => steps.filter((step) => /^(dialling|connected)/.test(step));
    town.phone(OUTSIDE).willAnswer({ says: { tone: OUTSIDE_HZ } });
    const caller = await town.callFromPhone(PHONE, `0${OUTSIDE}`);
    expect(await from()).toContain(`sip:${SECOND_GATEWAY_ACCOUNT.user}@${GATEWAY}`);
    await caller.answered();
    await caller.hangUp();
    expect(connected(story(await callOver()))).toEqual([
      'dialling second second no',
      expect.stringMatching('connected p201'),
    ]);
  });

  it('a trunk that has no number of its own shows none, and asks for privacy after 184 all the same', async () => {
    await box.applier.apply({ ...office(), outgoing: { prefix: '0', trunks: ['carrier'] } });
    const shownWhenDialled = async (dialled: string) => {
      town.phone(OUTSIDE).willAnswer();
      const caller = await town.callFromPhone(PHONE, dialled);
      const called = await town.phone(OUTSIDE).rung();
      await called.answered();
      const shown = [await called.header('P-Asserted-Identity'), await called.header('Privacy')];
      await caller.answered();
      await caller.hangUp();
      const steps = story(await callOver()).filter((step) => step.startsWith('dialling'));
      stage.nextCall();
      return [...steps, ...shown];
    };
    expect(await shownWhenDialled(`0${OUTSIDE}`)).toEqual(['dialling carrier  no', '', '']);
    expect(await shownWhenDialled(`0184${OUTSIDE}`)).toEqual(['dialling carrier  yes', expect.anything(), 'id']);
  });

  it('a wrong secret is told, and the corrected one counts at once, while a conversation goes on', async () => {
    const outside = town.phone(OUTSIDE).willAnswer({ says: { tone: OUTSIDE_HZ } });
    const caller = await town.callFromPhone(PHONE, `0${OUTSIDE}`, { tone: PHONE_HZ });
    await (await outside.rung()).answered();
    await caller.answered();
    await box.applier.apply(office('wrong-secret'));
    expect(await untilState('second', 'rejected')).toMatchObject({
      status: 'down',
      detail: expect.stringMatching(/登録を拒否されました\(SIP 40[13]\)。ユーザー名とパスワードを/),
    });
    expect(await findingOf('first')).toMatchObject({ state: 'registered' });
    await box.applier.apply(office());
    expect(await untilState('second', 'registered')).toMatchObject({ status: 'ok' });
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).at(-1)).toBe('end 16 office');
    const { left, right } = await readStereo(call.recording);
    expect(longestGapMs(toneIntervals(left, OUTSIDE_HZ))).toBe(0);
    expect(longestGapMs(toneIntervals(right, PHONE_HZ))).toBe(0);
    expect(totalMs(toneIntervals(left, OUTSIDE_HZ))).toBeGreaterThan(1000);
  });

  it('an account that is given another user is registered as that one', async () => {
    const [carrier, first, second] = office().trunks;
    if (!carrier || first?.type !== 'registration' || second?.type !== 'registration') throw new Error('no trunks');
    const document = { ...office(), trunks: [carrier, { ...second, id: 'first', name: 'first' }] };
    const lines = document.lines.filter(({ trunk }) => trunk === 'first');
    await box.applier.apply({ ...document, lines, outgoing: { prefix: '0', trunks: ['first'] } });
    await untilState('first', 'registered');
    await eventually('the gateway to know it', async () => (await town.gatewayContact(second.user)) !== null);
    expect(await invite(GATEWAY, box.sip, NUMBER.first, CALLER, [], plainAddressOf(second.user))).toBe(486);
    expect((await callOver()).entries[0]).toMatchObject({ trunk: 'first', line: 'first' });
  });

  it('cause no error in the log', () => {
    expect(box.complaints().filter((text) => text.includes(' ERROR['))).toEqual([]);
  });
});
