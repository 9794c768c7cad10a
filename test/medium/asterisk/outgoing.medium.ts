import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { longestGapMs, toneIntervals, totalMs } from '../../town/listen.ts';
import type { Caller, Says } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import { GATEWAY_ACCOUNT } from '../../town/town-configuration.ts';
import type { Town } from '../../town/town.ts';
import { pause } from '../../town/waiting.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { LINE, OUTSIDE, setTrunks, talk, told } from './trunks-stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const ABROAD = '0101555123456';
const OUTSIDE_HZ = 1000;
const PHONE_HZ = 1400;
const says: Says = { tone: PHONE_HZ };

describe('through trunks, with no backend,', () => {
  const stage = setTrunks(place);
  const { callOver } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  beforeEach(() => {
    for (const number of [OUTSIDE, `184${OUTSIDE}`, '110', '119', ABROAD, '#7119']) answers(number);
  });

  const answers = (number: string) => town.phone(number).willAnswer({ says: { tone: OUTSIDE_HZ } });
  const refused = async (caller: Caller) => (await caller.ended(20_000)).sipStatus;

  describe('a call that goes out', () => {
    it('shows the office’s number and is recorded: left whoever was called, right the phone', async () => {
      const caller = await town.callFromPhone('201', `0${OUTSIDE}`, says);
      const outside = await talk(stage, caller, OUTSIDE, 2500);
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
      const outside = await talk(stage, await town.callFromPbx('3301', `0${OUTSIDE}`), OUTSIDE);
      expect(outside.shown).toBe(LINE.tax);
      expect((await callOver()).entries).toContainEqual(expect.objectContaining({ e: 'calling', phone: 'p301' }));
    });

    it('withholds the number after 184, and shows it after 186', async () => {
      const withheld = await talk(stage, await town.callFromPhone('201', `0184${OUTSIDE}`), OUTSIDE);
      expect(withheld.shown).toBe('anonymous');
      expect(withheld.headers).toMatchObject({ privacy: 'id', identity: expect.stringContaining(LINE.main) });
      expect((await callOver()).entries[0]).toMatchObject({ number: OUTSIDE, dialled: `0184${OUTSIDE}` });
      answers(OUTSIDE);
      const shown = await talk(stage, await town.callFromPhone('201', `0186${OUTSIDE}`), OUTSIDE);
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
      await talk(stage, await town.callFromPhone('201', '0#7119'), '#7119');
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

    it('to somebody who does not answer ends so', async () => {
      town.phone(OUTSIDE).willRingOut();
      await box.commandLine('dialplan set global DENWABAN_OUTSIDE_SECONDS 1');
      try {
        expect(await refused(await town.callFromPhone('201', `0${OUTSIDE}`))).toBe(480);
      } finally {
        await box.commandLine('dialplan set global DENWABAN_OUTSIDE_SECONDS 180');
      }
      expect(told(await callOver()).slice(-2)).toEqual(['not-connected carrier NOANSWER ', 'end 19 box']);
    });

    it('is taken back from where it is parked by a phone behind the business phone, not by one nobody knows', async () => {
      const caller = await town.callFromPhone('201', `0${OUTSIDE}`, says);
      const outside = await town.phone(OUTSIDE).rung();
      await stage.told('connected p201');
      await caller.answered();
      await caller.sendDigits('*4');
      await stage.told('parked 1 p201');
      const stranger = await town.callFromPbx('9999', '*41');
      await stranger.ended();
      const taker = await town.callFromPbx('3301', '*41');
      await stage.told('answered p301');
      await taker.hangUp();
      await outside.ended();
      expect(told(await callOver()).slice(-4)).toEqual([
        'unparked phone',
        'answered p301',
        'left p301',
        'end 16 office',
      ]);
    });

    it('to a colleague is that phone’s as well when it stands behind the business phone', async () => {
      town.phone('201').willAnswer();
      const caller = await town.callFromPbx('3301', '201');
      await stage.told('answered p201');
      await caller.answered();
      await caller.sendDigits('*1');
      await stage.told('marked p301');
      await caller.hangUp();
      await callOver();
    });

    it('takes the next trunk when one fails, under a number of that trunk, after having said who we are', async () => {
      town.phone(OUTSIDE).willRefuse('congested');
      const caller = await town.callFromPhone('201', `0184${OUTSIDE}`, says);
      const outside = await talk(stage, caller, `184${OUTSIDE}`, 1500);
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
      // The phone leaves in a thread of its own.
      expect(told(call).filter((step) => /^(conn|trans|answered|end)/.test(step))).toEqual([
        'connected p201',
        'transferred p201 p203',
        'answered p203',
        'end 16 caller',
      ]);
      expect(told(call).filter((step) => step === 'left p201')).toHaveLength(1);
      const { right } = await readStereo(call.recording);
      expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(500);
      expect(totalMs(toneIntervals(right, 1800))).toBeGreaterThan(1000);
    });

    it('is made by TLS and SRTP from a phone that knows nothing else, and it is called so, too', async () => {
      const outside = await talk(stage, await town.callFromPhone('202', `0${ABROAD}`, says), ABROAD, 1500);
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
      ['203', '184119#', '119', LINE.tax],
    ])(
      'from %s, dialled as %s, reaches %s at once with %s shown, whatever the phone may call',
      async (from, dialled, number, shown) => {
        const outside = await talk(stage, await town.callFromPhone(from, dialled, says), number, 1200);
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
      const outside = await talk(stage, await town.callFromPbx('9999', '110'), '110');
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
});
