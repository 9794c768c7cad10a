import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { longestGapMs, type Sound, toneIntervals, totalMs } from '../../town/listen.ts';
import type { Caller, PhoneCall, Says } from '../../town/party.ts';
import { runSipp } from '../../town/sipp.ts';
import { readStereo } from '../../town/sound-file.ts';
import { GATEWAY_ACCOUNT } from '../../town/town-configuration.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { invite } from './invite.ts';
import { PassingPeer } from './passing-peer.ts';
import { phoneAt, setStage } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
/** A trunk where nobody answers. */
const AWAY = place.address(100);
const SIPS_PORT = 15_061;
const OUTSIDE = '0398765432';
const ABROAD = '0101555123456';
const OUTSIDE_HZ = 1000;
const PHONE_HZ = 1400;
const LINE = {
  main: '0312345678',
  tax: '0312345679',
  gateway: '0312345670',
  private: '0312345671',
  menu: '0312345672',
};

const line = (
  id: keyof typeof LINE,
  trunk: string,
  flow: ConfigurationDocument['lines'][number]['flow'] = endAtOnce,
) => ({
  ...{ id, name: id, trunk, number: LINE[id], flow },
});
const endAtOnce = { start: 'end', nodes: { end: { type: 'end' as const, cause: 'busy' as const } } };

const office: ConfigurationDocument = {
  site: { id: 'hq', name: '町役場' },
  trunks: [
    {
      id: 'away',
      name: '故障中',
      type: 'peer',
      host: AWAY,
      port: 5060,
      probeSeconds: 1,
      numberIn: 'p-called-party-id',
    },
    { id: 'carrier', name: '直収', type: 'peer', host: place.carrier, port: 5060, keys: 'inband' },
    {
      ...{ id: 'gateway', name: 'ホームゲートウェイ', type: 'registration', host: place.gateway, port: 5060 },
      ...{ ...GATEWAY_ACCOUNT, sessionTimers: 'required', sessionSeconds: 300, reliableProvisional: 'required' },
    },
  ],
  outgoing: { prefix: '0', trunks: ['away', 'carrier', 'gateway'], line: 'main' },
  pbx: { name: '主装置', host: place.pbx, port: 5060 },
  phones: [
    phoneAt('201'),
    phoneAt('202', { outside: 'all', transport: 'tls' }),
    phoneAt('203', { outside: 'none' }),
    { id: 'p301', name: '税務課1', type: 'pbx', extension: '301', number: '3301' },
  ],
  desks: [{ id: 'tax', name: '税務課', members: ['p203', 'p301'], ringSeconds: 5, line: 'tax' }],
  notices: [{ id: 'long', name: '長い案内', text: 'お電話ありがとうございます。', audio: 'recording-notice' }],
  lines: [
    line('main', 'carrier'),
    line('tax', 'carrier'),
    line('gateway', 'gateway'),
    line('private', 'away'),
    line('menu', 'carrier', {
      start: 'ask',
      nodes: {
        ask: {
          ...{ type: 'menu', notice: 'long', bargeIn: true, firstKeySeconds: 5, nextKeySeconds: 2, retries: 0 },
          ...{ invalidNotice: null, noKeyNotice: null, otherwise: 'end' },
          choices: [{ keys: '42', then: 'go', node: 'end', name: '税務課' }],
        },
        end: { type: 'end', cause: 'normal' },
      },
    }),
  ],
  recordings: STANDARD_RECORDINGS,
};

describe('trunks, with no backend', () => {
  const stage = setStage(place, { office, settings: { DENWABAN_SIPS_PORT: String(SIPS_PORT) } });
  const { callOver } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(async () => {
    ({ box, town } = stage);
    // Until then calls wait for an answer from where nobody is.
    await eventually('the box to find a trunk away', async () =>
      (await box.commands.contacts(['trunk-away'])).some(({ status }) => status === 'unreachable'),
    );
  });

  beforeEach(() => {
    for (const number of [OUTSIDE, `184${OUTSIDE}`, '110', '119', ABROAD, '#7119']) answers(number);
  });

  const answers = (number: string) => town.phone(number).willAnswer({ says: { tone: OUTSIDE_HZ } });
  const refused = async (caller: Caller) => (await caller.ended(20_000)).sipStatus;
  const says: Says = { tone: PHONE_HZ };
  /** Without the ids of channels. */
  const told = (call: SpooledCall) => story(call).map((step) => step.replace(/^(connected \w+) .*/, '$1'));

  /** A phone calls and somebody outside answers; both talk until the phone hangs up. */
  async function talk(caller: Caller, outside: string, forMs = 300): Promise<Called> {
    const called = await town.phone(outside).rung();
    await called.answered();
    const headers = await headersOf(called);
    await pause(forMs);
    await caller.hangUp();
    await called.ended();
    return { shown: called.callerNumber, headers, heard: (await called.heard()).left };
  }

  describe('a call that goes out', () => {
    it('shows the office’s number and is recorded: left whoever was called, right the phone', async () => {
      const caller = await town.callFromPhone('201', `0${OUTSIDE}`, says);
      const outside = await talk(caller, OUTSIDE, 2000);
      const call = await callOver();
      expect(outside.shown).toBe(LINE.main);
      expect(call.entries[0]).toMatchObject({ direction: 'outgoing', dialled: `0${OUTSIDE}`, number: OUTSIDE });
      expect(told(call)).toEqual([
        'begin',
        'calling p201',
        'dialling away private no',
        'not-connected away CHANUNAVAIL ',
        'dialling carrier main no',
        'recorder',
        'connected p201',
        'left p201',
        'end 16 office',
      ]);
      const { left, right } = await readStereo(call.recording);
      expect(totalMs(toneIntervals(left, OUTSIDE_HZ))).toBeGreaterThan(1500);
      expect(longestGapMs(toneIntervals(left, OUTSIDE_HZ))).toBe(0);
      expect(toneIntervals(left, PHONE_HZ)).toEqual([]);
      expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1500);
      expect(totalMs(toneIntervals(outside.heard, PHONE_HZ))).toBeGreaterThan(1500);
      expect(totalMs(toneIntervals((await caller.heard()).left, OUTSIDE_HZ))).toBeGreaterThan(1500);
    });

    it('shows the number of the phone’s desk, also that of a phone behind the business phone', async () => {
      const outside = await talk(await town.callFromPbx('3301', `0${OUTSIDE}`), OUTSIDE);
      expect(outside.shown).toBe(LINE.tax);
      expect((await callOver()).entries).toContainEqual(expect.objectContaining({ e: 'calling', phone: 'p301' }));
    });

    it('withholds the number after 184, and shows it after 186', async () => {
      const withheld = await talk(await town.callFromPhone('201', `0184${OUTSIDE}`), OUTSIDE);
      expect(withheld.shown).toBe('anonymous');
      expect(withheld.headers).toMatchObject({ privacy: 'id', identity: expect.stringContaining(LINE.main) });
      expect((await callOver()).entries[0]).toMatchObject({ number: OUTSIDE, dialled: `0184${OUTSIDE}` });
      answers(OUTSIDE);
      const shown = await talk(await town.callFromPhone('201', `0186${OUTSIDE}`), OUTSIDE);
      expect(shown.shown).toBe(LINE.main);
    });

    it('leaves Japan only from phones that may, and other phones call nobody', async () => {
      expect(await refused(await town.callFromPhone('201', `0${ABROAD}`))).toBe(403);
      expect(await refused(await town.callFromPhone('203', `0${OUTSIDE}`))).toBe(403);
      expect(await refused(await town.callFromPbx('9999', `0${OUTSIDE}`))).toBe(403);
      for (const call of await stage.callsOver(3))
        expect(told(call).slice(-2)).toEqual(['refused outside-not-allowed', 'end 21 box']);
    });

    it('reaches short numbers, and tells phones which numbers there are not', async () => {
      await talk(await town.callFromPhone('201', '0#7119'), '#7119');
      expect((await callOver()).entries[0]).toMatchObject({ number: '#7119' });
      const filed = (await box.calls()).length;
      for (const number of ['055', '999', OUTSIDE])
        expect(await refused(await town.callFromPhone('201', number))).toBe(404);
      expect(await box.calls()).toHaveLength(filed);
    });

    it('is told of a busy line, and does not try the next trunk', async () => {
      town.phone(OUTSIDE).willRefuse('busy');
      expect(await refused(await town.callFromPhone('201', `0${OUTSIDE}`))).toBe(486);
      const trunks = (await callOver()).entries.flatMap((entry) => (entry.e === 'dialling' ? entry.trunk : []));
      expect(trunks).toEqual(['away', 'carrier']);
    });

    it('takes the next trunk when one fails, under a number of that trunk, after having said who we are', async () => {
      town.phone(OUTSIDE).willRefuse('congested');
      const caller = await town.callFromPhone('201', `0184${OUTSIDE}`, says);
      const outside = await talk(caller, `184${OUTSIDE}`, 1500);
      expect(outside.headers.from).toContain(`sip:${GATEWAY_ACCOUNT.user}@${place.gateway}`);
      expect(outside.headers.identity).toContain(LINE.gateway);
      const call = await callOver();
      expect(told(call).slice(4)).toEqual([
        'dialling carrier main yes',
        'recorder',
        'not-connected carrier CONGESTION 503',
        'dialling gateway gateway yes',
        'connected p201',
        'left p201',
        'end 16 office',
      ]);
      const { left, right } = await readStereo(call.recording);
      expect(totalMs(toneIntervals(left, OUTSIDE_HZ))).toBeGreaterThan(1000);
      expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1000);
    });

    it('goes on, recorded, with the colleague it is handed to', async () => {
      const colleague = town.phone('203').willAnswer({ says: { tone: 1800 } });
      const caller = await town.callFromPhone('201', `0${OUTSIDE}`, says);
      const outside = await town.phone(OUTSIDE).rung();
      await outside.answered();
      await pause(1000);
      await town.transfer(caller, '203');
      await (await colleague.rung()).answered();
      await caller.hangUp();
      await pause(1500);
      await outside.hangUp();
      const call = await callOver();
      expect(told(call).filter((step) => /^(conn|trans|answered|end|left p201)/.test(step))).toEqual([
        'connected p201',
        'transferred p201 p203',
        'left p201',
        'answered p203',
        'end 16 caller',
      ]);
      const { right } = await readStereo(call.recording);
      expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(500);
      expect(totalMs(toneIntervals(right, 1800))).toBeGreaterThan(1000);
    });

    it('is made by TLS and SRTP from a phone that knows nothing else, and it is called so, too', async () => {
      const outside = await talk(await town.callFromPhone('202', `0${ABROAD}`, says), ABROAD, 1500);
      expect(totalMs(toneIntervals(outside.heard, PHONE_HZ))).toBeGreaterThan(1000);
      await callOver();
      const secured = town.phone('202').willAnswer({ says: { tone: OUTSIDE_HZ } });
      const caller = await town.callFromPhone('201', '202', says);
      const secureCall = await secured.rung();
      await secureCall.answered();
      await pause(1500);
      await caller.hangUp();
      await secureCall.ended();
      expect(totalMs(toneIntervals((await secureCall.heard()).left, PHONE_HZ))).toBeGreaterThan(1000);
      expect(totalMs(toneIntervals((await caller.heard()).left, OUTSIDE_HZ))).toBeGreaterThan(1000);
    });
  });

  describe('an emergency call', () => {
    it.each([
      ['201', '110', '110', LINE.main],
      ['203', '0119', '119', LINE.tax],
      ['201', '0184110', '110', LINE.main],
      ['203', '184119', '119', LINE.tax],
    ])(
      'from %s, dialled as %s, reaches %s at once with %s shown, whatever the phone may call',
      async (from, dialled, number, shown) => {
        const outside = await talk(await town.callFromPhone(from, dialled, says), number, 1200);
        expect(outside.shown).toBe(shown);
        expect(outside.headers).toMatchObject({ privacy: '', identity: expect.stringContaining(shown) });
        const call = await callOver();
        expect(told(call)).toContain(`emergency ${number}`);
        // From then on help may call back from any number.
        const calledAt = Number(call.entries.find(({ e }) => e === 'emergency')?.at);
        expect(Math.abs(Number(await box.commands.keptValue('emergency', 'last')) - calledAt)).toBeLessThan(2);
        expect(told(call).filter((step) => /^(notice|refused)/.test(step))).toEqual([]);
        expect(totalMs(toneIntervals((await readStereo(call.recording)).left, OUTSIDE_HZ))).toBeGreaterThan(700);
        const at = (event: string) => Number(call.entries.find(({ e }) => e === event)?.at);
        expect(at('recorder') - at('begin')).toBeLessThan(1);
      },
    );

    it('comes from the business phone, too, also from a phone nobody knows', async () => {
      const outside = await talk(await town.callFromPbx('9999', '110'), '110');
      expect(outside.shown).toBe(LINE.main);
    });

    it('tries every trunk, and those that seemed away once more', async () => {
      town.phone('110').willRefuse('congested');
      expect(await refused(await town.callFromPhone('201', '110'))).toBe(503);
      const trunks = (await callOver()).entries.flatMap((entry) => (entry.e === 'dialling' ? entry.trunk : []));
      expect(trunks).toEqual(['away', 'carrier', 'gateway', 'away']);
    });
  });

  describe.each([
    ['a call that goes out', '201', `0${OUTSIDE}`, OUTSIDE],
    ['an emergency call', '203', '0119', '119'],
  ])('%s and is given up', (_, from, dialled, number) => {
    it('by the phone before anybody answers', async () => {
      town.phone(number).willRingOut();
      const caller = await town.callFromPhone(from, dialled, says);
      const outside = await town.phone(number).rung();
      await caller.hangUp();
      expect((await outside.ended()).sipStatus).toBe(487);
      const call = await callOver();
      expect(told(call).slice(-2)).toEqual(['recorder', 'end 16 office']);
      await expectWhole(box, call, { by: 'office' });
    });

    it.each(['office', 'caller'] as const)('by the %s’s side in the conversation', async (by) => {
      const caller = await town.callFromPhone(from, dialled, says);
      const outside = await town.phone(number).rung();
      await stage.told(`connected p${from}`);
      await pause(500);
      const [leaving, staying] = by === 'office' ? [caller, outside] : [outside, caller];
      await leaving.hangUp();
      await staying.ended();
      const call = await callOver();
      expect(told(call).slice(-3)).toEqual([`connected p${from}`, `left p${from}`, `end 16 ${by}`]);
      await expectWhole(box, call, { by, talked: [`p${from}`] });
    });
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
      const from = `<sip:0901234567@${AWAY}>`;
      const called = [`P-Called-Party-ID: "a@b:1" <sip:+81${LINE.private.slice(1)}@ntt.example>`];
      expect(await invite(AWAY, box.sip, 'anybody', from, called)).toBe(486);
      expect((await callOver()).entries[0]).toMatchObject({ line: 'private', dialled: LINE.private });
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

  it('are used as soon as they answer, and passed over once they vanish, also while they ring', async () => {
    const away = (wanted: string) =>
      eventually(`the trunk to be ${wanted}`, async () =>
        (await box.commands.contacts(['trunk-away'])).some(({ status }) => status === wanted),
      );
    const peer = await PassingPeer.at(AWAY);
    let caller: Caller;
    try {
      await away('reachable');
      caller = await town.callFromPhone('201', `0${OUTSIDE}`);
      await caller.ringing();
    } finally {
      await peer.vanish();
    }
    await away('unreachable');
    await caller.hangUp();
    const first = told(await callOver());
    expect(first).toContain('dialling away private no');
    expect(first.filter((step) => step.startsWith('dialling'))).toHaveLength(1);
    expect(first.at(-1)).toBe('end 16 office');
    stage.nextCall();
    await talk(await town.callFromPhone('201', `0${OUTSIDE}`), OUTSIDE);
    expect(told(await callOver())).toEqual(
      expect.arrayContaining(['not-connected away CHANUNAVAIL ', 'dialling carrier main no', 'connected p201']),
    );
  }, 60_000);

  it('cause no error in the log', () => {
    expect(box.complaints().filter((text) => text.includes(' ERROR['))).toEqual([]);
  });
});

interface Called {
  /** The number that whoever was called has seen. */
  shown: string;
  headers: Awaited<ReturnType<typeof headersOf>>;
  heard: Sound;
}

const headersOf = async (call: PhoneCall) => ({
  from: await call.header('From'),
  privacy: await call.header('Privacy'),
  identity: await call.header('P-Asserted-Identity'),
});
