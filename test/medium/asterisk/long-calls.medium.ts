import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ENDING_ARMED_SECONDS } from '../../../backend/src/calls/call-ending.ts';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { Clock } from '../../../backend/src/platform/clock.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { otherSoundIntervals, type Sound, totalMs } from '../../town/listen.ts';
import type { Party } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import type { Town } from '../../town/town.ts';
import { eventually } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, setStage, WARNINGS } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = { long: '0312345680', ends: '0312345681', byItself: '0312345682', supervised: '0312345683' };

const desk = (id: string, longCalls: object, supervisors: string[] = []) => ({
  ...{ id, name: id, members: ['p202'], ringSeconds: 5, longCalls, supervisors },
});
/** Straight to a desk. */
const line = (id: string, number: string) => ({
  ...{ id, name: id, trunk: 'hikari', number },
  flow: {
    start: 'ring',
    nodes: { ring: { type: 'desk', desk: id, otherwise: 'end' }, end: { type: 'end', cause: 'no-answer' } },
  },
});

const PBX_NUMBER = '3301';
const registered = officeAt(place, ['202', '203', '204']);

const office = ConfigurationDocument.parse({
  ...registered,
  pbx: { name: '主装置', host: place.pbx, port: 5060 },
  phones: [...registered.phones, { id: 'p301', name: '課長', type: 'pbx', extension: '301', number: PBX_NUMBER }],
  desks: [
    desk('soon-long', {
      stages: [
        { afterMinutes: 0.02, act: 'tell-staff' },
        { afterMinutes: 0.03, act: 'tell-supervisor' },
      ],
    }),
    desk('ends', {
      stages: [
        { afterMinutes: 0.02, act: 'announce' },
        { afterMinutes: 0.021, act: 'arm-ending' },
      ],
    }),
    desk('supervised', { stages: [{ afterMinutes: 0.01, act: 'tell-supervisor' }] }, ['p203', 'p204', 'p301']),
    desk('by-itself', { stages: [{ afterMinutes: 0.02, act: 'arm-ending' }], endsByItself: true }),
  ],
  notices: [],
  lines: [
    line('soon-long', LINE.long),
    line('ends', LINE.ends),
    line('by-itself', LINE.byItself),
    line('supervised', LINE.supervised),
  ],
  recordings: STANDARD_RECORDINGS,
});

/** What is said where the parties say nothing. */
const spokenMs = (sound: Sound) => totalMs(otherSoundIntervals(sound, []));
const spokenTo = async (party: Party) => spokenMs((await party.heard()).left);

/** With no database to be found. */
describe('the telephony process, when a call lasts long,', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let telephony: TelephonyUnderTest;

  beforeAll(async () => {
    ({ box, town } = stage);
    telephony = await TelephonyUnderTest.beside(stage);
  });

  it('tells the phone alone that a call has lasted long, and the board', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.long, says: 'silence' });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await told('long-call', 2);
    await caller.hangUp();
    const call = await callOver();
    await phoneCall.ended();
    expect(story(call).filter((line) => line.startsWith('long-call'))).toEqual([
      'long-call tell-staff 0.02',
      'long-call tell-supervisor 0.03',
    ]);
    // The sentence is two seconds long.
    expect(spokenMs((await phoneCall.heard()).left)).toBeGreaterThan(700);
    expect(spokenMs((await caller.heard()).left)).toBe(0);
    const { left, right } = await readStereo(call.recording);
    expect([spokenMs(left), spokenMs(right)]).toEqual([0, 0]);
  });

  it('announces to both, recorded, that a call has lasted long, and has the end ready for a phone to confirm', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.ends, says: 'silence' });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await told('announcement-ended');
    await told('ending-armed');
    // Once is enough: it is armed.
    await phoneCall.sendDigits('*9');
    await caller.ended(30_000);
    const call = await callOver();
    await phoneCall.ended();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      'announcement long-call ',
      'long-call announce 0.02',
      'announcement-ended long-call whole',
      'ending-armed',
      'long-call arm-ending 0.021',
      'ending-confirmed p202',
      'announcement ending p202',
      'announcement-ended ending whole',
      'end 16 box',
    ]);
    const recording = await readStereo(call.recording);
    for (const ms of [
      spokenMs((await caller.heard()).left),
      spokenMs((await phoneCall.heard()).left),
      spokenMs(recording.right),
    ])
      expect(ms).toBeGreaterThan(5000);
    expect(spokenMs(recording.left)).toBe(0);
  });

  it('ends a long call with an announcement where the office has decided so, and nobody has confirmed or cancelled it', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.byItself, says: 'silence' });
    const phoneCall = await phone.rung();
    await told('long-call arm-ending');
    // As if the time had gone by in which somebody may confirm or cancel it.
    const clock = jest.spyOn(telephony.get(Clock), 'now');
    clock.mockImplementation(() => new Date(Date.now() + ENDING_ARMED_SECONDS * 1000));
    try {
      await told('ending-confirmed');
    } finally {
      clock.mockRestore();
    }
    await caller.ended(30_000);
    await phoneCall.ended();
    const call = await callOver();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      ...['ending-armed', 'long-call arm-ending 0.02', 'ending-confirmed '],
      ...['announcement ending ', 'announcement-ended ending whole', 'end 16 box'],
    ]);
    const heard = [caller.heard(), phoneCall.heard()].map(async (sound) => (await sound).left);
    for (const sound of [...heard, readStereo(call.recording).then(({ right }) => right)])
      expect(spokenMs(await sound)).toBeGreaterThan(2000);
    await telephony.untilIdle();
  });

  it('cuts the announcement of a long call short when the caller hangs up, and tells so', async () => {
    const phone = town.phone('202').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.ends });
    const phoneCall = await phone.rung();
    await told('long-call announce');
    await caller.hangUp();
    await phoneCall.ended();
    const call = await callOver();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      ...['announcement long-call ', 'long-call announce 0.02', 'announcement-ended long-call cut', 'end 16 caller'],
    ]);
    await expectWhole(box, call, { by: 'caller', talked: ['p202'] });
    await telephony.untilIdle();
  });

  describe('rings the supervisors,', () => {
    const ofSupervisors = (call: SpooledCall) =>
      story(call)
        .filter((step) => step.startsWith('supervisor'))
        .sort();

    async function longCall() {
      const phone = town.phone('202').willAnswer({ says: 'silence' });
      const caller = await town.call({ from: NUMBER, to: LINE.supervised, says: 'silence' });
      return { caller, phoneCall: await phone.rung() };
    }

    it('all that are free, until one answers and is told how to listen; nobody else hears it, and it is no call', async () => {
      const answering = town.phone('203').willAnswer({ says: 'silence' });
      const ringing = town.phone('204').willRingOut();
      const before = (await box.calls()).length;
      const { caller, phoneCall } = await longCall();
      const [supervisor, other] = [await answering.rung(), await ringing.rung()];
      expect([supervisor.callerNumber, other.callerNumber]).toEqual(['*31202', '*31202']);
      await told('supervisor-told p203');
      await other.ended();
      await caller.hangUp();
      const call = await callOver();
      // What was begun is said although the call is over.
      const soFar = await spokenTo(supervisor);
      await eventually('the sentence to go on', async () => (await spokenTo(supervisor)) > soFar + 1000);
      await supervisor.hangUp();
      expect(ofSupervisors(call)).toEqual([
        ...['supervisor-rung p203', 'supervisor-rung p204', 'supervisor-rung p301', 'supervisor-told p203'],
      ]);
      expect([await spokenTo(phoneCall), await spokenTo(caller)]).toEqual([0, 0]);
      expect((await box.calls()).length).toBe(before + 1);
      await expectWhole(box, call, { by: 'caller', talked: ['p202'] });
    });

    it('and stops when the caller hangs up', async () => {
      const ringing = [town.phone('203').willRingOut(), town.phone('204').willRingOut()];
      const { caller } = await longCall();
      const [one, other] = await Promise.all(ringing.map((phone) => phone.rung()));
      await told('supervisor-rung', 3);
      await caller.hangUp();
      await Promise.all([one?.ended(), other?.ended()]);
      const call = await callOver();
      expect(ofSupervisors(call)).toEqual(['supervisor-rung p203', 'supervisor-rung p204', 'supervisor-rung p301']);
      await expectWhole(box, call, { by: 'caller', talked: ['p202'] });
    });

    it('but none in a conversation; it tells that nobody was reached, and those behind the business phone of the screen', async () => {
      town.phone('203').willAnswer({ says: 'silence' });
      const busy = await town.callFromPhone('204', '203', 'silence');
      await told('answered p203');
      stage.nextCall();

      town.phone(PBX_NUMBER).willRefuse('busy');
      const first = await longCall();
      await told('supervisors-missed BUSY');
      await first.caller.hangUp();
      expect(ofSupervisors(await callOver())).toEqual(['supervisor-rung p301', 'supervisors-missed BUSY']);
      stage.nextCall();

      const answering = town.phone(PBX_NUMBER).willAnswer({ says: 'silence' });
      const second = await longCall();
      const supervisor = await answering.rung();
      await supervisor.ended(30_000);
      // The code, which such a phone could not dial, takes longer than all that it hears.
      expect(await spokenTo(supervisor)).toBeGreaterThan(1500);
      expect(await spokenTo(supervisor)).toBeLessThan(5500);
      await second.caller.hangUp();
      expect(ofSupervisors(await callOver())).toEqual(['supervisor-rung p301', 'supervisor-told p301']);
      await busy.hangUp();
    });
  });
});
