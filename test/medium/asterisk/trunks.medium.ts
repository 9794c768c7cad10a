import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { runSipp } from '../../town/sipp.ts';
import { GATEWAY_ACCOUNT } from '../../town/town-configuration.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { invite } from './invite.ts';
import { PassingPeer } from './passing-peer.ts';
import { awayFrom, LINE, OUTSIDE, setTrunks, talk, told, untilAway } from './trunks-stage.ts';

const place = await Place.claim();
/** A tel URI's form of that number (RFC 3966). */
const PRIVATE = `+81-3-${LINE.private.slice(2, 6)}-${LINE.private.slice(6)};phone-context=ntt.example`;

type Box = BoxAsterisk['sip'];

describe('trunks, with no backend', () => {
  const stage = setTrunks(place);
  const { callOver } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  describe('a call that comes in', () => {
    it('is found by the number in To, where the trunk is registered', async () => {
      const from = `<sip:0901234567@${place.gateway}>`;
      const { user } = GATEWAY_ACCOUNT;
      const supported = ['Supported: 100rel, timer'];
      const uri = `sip:${user}@${box.sip.host}:${box.sip.port}`;
      expect(await invite(place.gateway, box.sip, LINE.gateway, from, supported, uri)).toBe(486);
      expect((await callOver()).entries[0]).toMatchObject({ line: 'gateway', dialled: LINE.gateway });
    });

    it('is found by the number in P-Called-Party-ID', async () => {
      const from = `<sip:0901234567@${awayFrom(place)}>`;
      const called = [`P-Called-Party-ID: "a@b:1" <sip:+81${LINE.private.slice(1)}@ntt.example>`];
      expect(await invite(awayFrom(place), box.sip, 'anybody', from, called)).toBe(486);
      expect((await callOver()).entries[0]).toMatchObject({ line: 'private', dialled: LINE.private });
    });

    it.each([
      [
        'the request URI',
        () => place.carrier,
        'tax',
        ({ host }: Box) => ({ uri: `sip:${LINE.tax};phone-context=+81@${host}` }),
      ],
      [
        'To',
        () => place.gateway,
        'gateway',
        ({ host }: Box) => ({ uri: `sip:3@${host}`, to: `${LINE.gateway};npdi=1` }),
      ],
      [
        'P-Called-Party-ID',
        () => awayFrom(place),
        'private',
        () => ({ more: [`P-Called-Party-ID: <tel:${PRIVATE}>`] }),
      ],
    ] as const)('is found by the number in %s, whatever else its address says of it', async (_, from, line, how) => {
      const { uri, to = LINE[line], more = [] }: { uri?: string; to?: string; more?: string[] } = how(box.sip);
      const caller = `<sip:0901234567;isub=12@${from()}>`;
      expect(await invite(from(), box.sip, to, caller, ['Supported: 100rel, timer', ...more], uri)).toBe(486);
      expect((await callOver()).entries[0]).toMatchObject({ line, dialled: LINE[line], number: '0901234567' });
    });

    it('never goes out again', async () => {
      const from = `<sip:0901234567@${place.carrier}>`;
      for (const number of [`0${OUTSIDE}`, OUTSIDE, '110'])
        expect(await invite(place.carrier, box.sip, number, from)).toBe(404);
      expect((await stage.callsOver(3)).map((call) => told(call).at(-2))).toEqual(
        Array.from({ length: 3 }, () => 'refused unknown-line'),
      );
    });

    it('may press keys as tones in the sound', async () => {
      const caller = await town.call({ from: '0901234567', to: LINE.menu, says: 'silence', keys: 'inband' });
      await caller.answered();
      await pause(1500);
      await caller.sendDigits('42');
      await caller.ended();
      expect(told(await callOver())).toContain('menu-keys ask 42');
    });

    it('may require reliable provisional answers and session timers', async () => {
      const carrier = { box: box.sip, from: place.carrier, to: LINE.menu, caller: '0901234567' };
      const { successful, output } = await runSipp({ scenario: 'reliable', ...carrier });
      if (successful !== 1) throw new Error(output);
      expect(told(await callOver()).at(-1)).toMatch(/^end \d+ caller$/);
    });
  });

  /** Of what a trunk refuses, what those who were called have said ends the call; a call for help goes on to the next one all the same. */
  async function refusing(peer: PassingPeer): Promise<void> {
    peer.willSay('480 Temporarily Unavailable');
    const caller = await town.callFromPhone('201', `0${OUTSIDE}`);
    expect((await caller.ended()).sipStatus).toBe(480);
    expect(told(await callOver()).slice(-2)).toEqual(['not-connected away NOANSWER 480', 'end 19 box']);
    stage.nextCall();
    await talk(stage, await town.callFromPhone('201', '118'), '118');
    expect(told(await callOver())).toEqual(
      expect.arrayContaining(['not-connected away NOANSWER 480', 'dialling carrier main no', 'connected p201']),
    );
    stage.nextCall();
    peer.willSay('302 Moved Temporarily');
    await talk(stage, await town.callFromPhone('201', `0${OUTSIDE}`), OUTSIDE);
    expect(told(await callOver())).toEqual(expect.arrayContaining(['dialling carrier main no', 'connected p201']));
    stage.nextCall();
    town.phone(OUTSIDE).willAnswer();
  }

  it('are not alone in being asked whether they are there: the business phone is, too', async () => {
    await eventually('the business phone to answer', async () =>
      (await box.commands.contacts(['pbx'])).some(
        ({ endpoint, status }) => endpoint === 'pbx' && status === 'reachable',
      ),
    );
  });

  it('are used as soon as they answer, and passed over when they refuse and once they vanish, also while they ring', async () => {
    for (const number of [OUTSIDE, '118']) town.phone(number).willAnswer();
    const peer = await PassingPeer.at(awayFrom(place));
    let caller: Caller;
    try {
      await untilAway(stage, 'reachable');
      await refusing(peer);
      peer.willSay('180 Ringing');
      caller = await town.callFromPhone('201', `0${OUTSIDE}`);
      await caller.ringing();
    } finally {
      await peer.vanish();
    }
    await untilAway(stage, 'unreachable');
    await caller.hangUp();
    const first = told(await callOver());
    expect(first).toContain('dialling away private no');
    expect(first.filter((step) => step.startsWith('dialling'))).toHaveLength(1);
    expect(first.at(-1)).toBe('end 16 office');
    stage.nextCall();
    await talk(stage, await town.callFromPhone('201', `0${OUTSIDE}`), OUTSIDE);
    expect(told(await callOver())).toEqual(
      expect.arrayContaining(['not-connected away CHANUNAVAIL ', 'dialling carrier main no', 'connected p201']),
    );
  }, 60_000);
});
