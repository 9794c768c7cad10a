import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  channelVariable,
  SWITCH_BY_PHONE_FAMILY,
  SWITCH_FAMILY,
} from '../../../backend/src/asterisk/dialplan-names.ts';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { officeHours } from '../../../backend/src/schedules/schedule.fixture.ts';
import { readPhoneSwitch } from '../../../backend/src/schedules/phone-switches.service.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { otherSoundIntervals, soundIntervals, type Sound, toneIntervals, totalMs } from '../../town/listen.ts';
import { type Caller, type Party, type PhoneCall } from '../../town/party.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, setStage } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = '0312345678';
const CALLER_HZ = 440;
const PHONE_HZ = 1000;
const OTHER_HZ = 1600;

const office: ConfigurationDocument = {
  ...officeAt(place, ['201', '202', '203']),
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 20, supervisors: ['p203'] }],
  notices: [],
  schedules: [{ ...officeHours(), code: '1', switchPhones: ['p203'] }],
  lines: [
    {
      ...{ id: 'main', name: '代表', trunk: 'hikari', number: LINE },
      flow: {
        start: 'ring',
        nodes: {
          ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
          end: { type: 'end', cause: 'busy' },
        },
      },
    },
  ],
  recordings: STANDARD_RECORDINGS,
};

interface Conversation {
  caller: Caller;
  phoneCall: PhoneCall;
}

/** Everything here happens with no backend at all: what staff need in a call must not depend on it. */
describe('in a conversation, with no backend', () => {
  const stage = setStage(place, { office });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let errorsBefore = 0;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  /** That nobody claims calls is what is tested here; and Asterisk warns of every subroutine in which a caller hangs up. */
  const errors = () => box.complaints().filter((line) => !/not claimed within|Abnormal 'Gosub/.test(line));

  beforeEach(() => {
    errorsBefore = errors().length;
  });

  afterEach(() => {
    expect(errors().slice(errorsBefore)).toEqual([]);
  });

  async function converse(): Promise<Conversation> {
    const answering = town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
    const caller = await town.call({ from: NUMBER, to: LINE, says: { tone: CALLER_HZ } });
    const phoneCall = await answering.rung();
    await phoneCall.answered();
    await pause(500);
    return { caller, phoneCall };
  }
  /** What became of the conversation. When the phone hangs up that answered first, its `left` may stand anywhere among that. */
  const afterTheAnswer = (call: SpooledCall): string[] =>
    story(call)
      .slice(6)
      .filter((step) => step !== 'left p201');
  /** Asterisk's id of the channel whose call it is. */
  const outside = async (): Promise<string> => {
    const [begin] = (await stage.call())?.entries ?? [];
    return begin?.e === 'begin' ? begin.channel : '';
  };
  const heardBy = async (party: Party): Promise<Sound> => (await party.heard()).left;
  const toneMs = (sound: Sound, hertz: number) => totalMs(toneIntervals(sound, hertz));
  const spoken = (sound: Sound) => totalMs(otherSoundIntervals(sound, [CALLER_HZ, PHONE_HZ, OTHER_HZ]));

  it('a phone marks the call and is told so alone; of the keys nothing is heard', async () => {
    const { caller, phoneCall } = await converse();
    await caller.says('silence');
    await phoneCall.sendDigits('*1');
    await told('marked p201');
    await eventually('the phone to be told', async () => {
      if (spoken(await heardBy(phoneCall)) < 500) throw new Error('nothing told yet');
      return true;
    });
    await caller.hangUp();
    const call = await callOver();
    const { left, right } = await readStereo(call.recording);
    expect(spoken(right)).toBeLessThan(400);
    expect(spoken(left)).toBeLessThan(400);
  });

  it('a caller has no codes', async () => {
    const { caller } = await converse();
    for (const code of ['*1', '*2', '*4', '*9', '*9']) await caller.sendDigits(code);
    await pause(2000);
    await caller.hangUp();
    expect(story(await callOver()).slice(5)).toEqual(['answered p201', 'left p201', 'end 16 caller']);
  });

  it.each([
    ['*2', 'warning-recording'],
    ['*3', 'warning-final'],
  ])('%s is heard by both and recorded; afterwards both sides are recorded on', async (code, notice) => {
    const { caller, phoneCall } = await converse();
    await caller.says('silence');
    await phoneCall.says('silence');
    await phoneCall.sendDigits(code);
    await told(`announcement ${notice} p201`);
    await told(`announcement-ended ${notice} whole`);
    await caller.says({ tone: CALLER_HZ });
    await phoneCall.says({ tone: OTHER_HZ });
    await pause(1500);
    await caller.hangUp();
    const { left, right } = await readStereo((await callOver()).recording);
    const [byCaller, byPhone] = [spoken(await heardBy(caller)), spoken(await heardBy(phoneCall))];
    expect(spoken(right)).toBeGreaterThan(1000);
    expect(Math.abs(byCaller - spoken(right))).toBeLessThan(600);
    expect(Math.abs(byPhone - spoken(right))).toBeLessThan(900);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(900);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(1200);
  });

  it('the end is armed by the first press and done by the second, announced to both and recorded', async () => {
    const { caller, phoneCall } = await converse();
    await phoneCall.sendDigits('*9');
    await told('ending-armed p201');
    await pause(500);
    await phoneCall.says('silence');
    await phoneCall.sendDigits('*9');
    await told('ending-confirmed p201');
    await caller.ended(20_000);
    await phoneCall.ended();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual([
      'ending-armed p201',
      'ending-confirmed p201',
      'announcement ending p201',
      'announcement-ended ending whole',
      'end 16 box',
    ]);
    expect(spoken((await readStereo(call.recording)).right)).toBeGreaterThan(2000);
  });

  it('an armed end that nobody confirms is disarmed: the next press arms it again', async () => {
    const { caller, phoneCall } = await converse();
    await phoneCall.sendDigits('*9');
    await told('ending-armed p201');
    // As if 30 seconds had gone by.
    await box.commands.setVariable(await outside(), channelVariable.ending, String(Math.floor(Date.now() / 1000) - 1));
    await phoneCall.sendDigits('*9');
    await told('ending-armed p201', 2);
    await caller.hangUp();
    expect(story(await callOver()).at(-1)).toBe('end 16 caller');
  });

  it('a call on hold hears music, which is recorded', async () => {
    const { caller, phoneCall } = await converse();
    await phoneCall.hold();
    await pause(2500);
    await phoneCall.resume();
    await pause(1000);
    await caller.hangUp();
    const { right } = await readStereo((await callOver()).recording);
    expect(spoken(right)).toBeGreaterThan(1000);
    expect(spoken(await heardBy(caller))).toBeGreaterThan(1000);
    expect(toneIntervals(right, PHONE_HZ).length).toBeGreaterThan(1);
  });

  it('a parked call hears music until another phone takes it, which then has the codes; all of it is one recording', async () => {
    const { caller, phoneCall } = await converse();
    await phoneCall.sendDigits('*4');
    await told('parked 1 p201');
    await phoneCall.ended();
    await pause(1500);
    const taker = await town.callFromPhone('202', '*41', { tone: OTHER_HZ });
    await told('answered p202');
    await pause(1500);
    await taker.sendDigits('*1');
    await told('marked p202');
    await taker.hangUp();
    await caller.ended();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual([
      'parked 1 p201',
      'unparked phone',
      'answered p202',
      'marked p202',
      'left p202',
      'end 16 office',
    ]);
    const { left, right } = await readStereo(call.recording);
    expect(spoken(right)).toBeGreaterThan(700);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(1000);
    expect(toneMs(await heardBy(taker), CALLER_HZ)).toBeGreaterThan(1000);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(3000);
  });

  it('a parked call that nobody takes comes back to the phone it came from', async () => {
    const { caller, phoneCall } = await converse();
    await box.commands.setVariable(await outside(), 'DENWABAN_PARK_SECONDS', '1');
    const again = town.phone('201').willAnswer({ says: { tone: OTHER_HZ } });
    await phoneCall.sendDigits('*4');
    const back = await again.rung();
    await back.answered();
    await pause(1000);
    await caller.hangUp();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual(['parked 1 p201', 'unparked timeout', 'answered p201', 'end 16 caller']);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(600);
  });

  it('a parked caller may hang up, and the place is free again; a place where nobody is says so', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { caller, phoneCall } = await converse();
      await phoneCall.sendDigits('*4');
      await told('parked 1 p201');
      await caller.hangUp();
      expect(story(await callOver()).at(-1)).toBe('end 16 caller');
      stage.nextCall();
    }
    const nobody = await town.callFromPhone('202', '*41');
    await nobody.ended();
    expect(spoken(await heardBy(nobody))).toBeGreaterThan(1000);
  });

  // Each comes back with the phone that is let go when the caller hangs up.
  async function onHold({ caller, phoneCall }: Conversation): Promise<PhoneCall> {
    await phoneCall.hold();
    await eventually('the music', async () => spoken(await heardBy(caller)) > 500);
    return phoneCall;
  }
  async function warned({ phoneCall }: Conversation): Promise<PhoneCall> {
    await phoneCall.sendDigits('*3');
    await told('announcement warning-final p201');
    await pause(500);
    return phoneCall;
  }
  async function toldTheEnd({ phoneCall }: Conversation): Promise<PhoneCall> {
    await phoneCall.sendDigits('*9');
    await told('ending-armed p201');
    await phoneCall.sendDigits('*9');
    await told('announcement ending p201');
    await pause(500);
    return phoneCall;
  }
  async function givenBack({ phoneCall }: Conversation): Promise<PhoneCall> {
    await box.commands.setVariable(await outside(), 'DENWABAN_PARK_SECONDS', '1');
    const again = town.phone('201').willRingOut();
    await phoneCall.sendDigits('*4');
    return again.rung();
  }
  async function handedOn({ phoneCall }: Conversation): Promise<PhoneCall> {
    const colleague = town.phone('202').willRingOut();
    await phoneCall.transferTo(town.extensionUri('202'));
    return colleague.rung();
  }

  it.each([
    ['on hold', onHold, []],
    ['warned', warned, ['announcement warning-final p201', 'announcement-ended warning-final cut']],
    [
      'told that the call is ended',
      toldTheEnd,
      [
        ...['ending-armed p201', 'ending-confirmed p201'],
        ...['announcement ending p201', 'announcement-ended ending cut'],
      ],
    ],
    ['given back from where the call was parked', givenBack, ['parked 1 p201', 'unparked timeout']],
    ['handed on to a phone that rings', handedOn, ['transferred p201 p202']],
  ])('a caller may hang up while being %s', async (_, until, did) => {
    const conversation = await converse();
    const phone = await until(conversation);
    await conversation.caller.hangUp();
    await phone.ended();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual([...did, 'end 16 caller']);
    await expectWhole(box, call, { by: 'caller', talked: ['p201'] });
  });

  it.each([
    ['listens', '*31', 'listen', { staff: false, caller: false }],
    ['whispers to the staff member alone', '*32', 'whisper', { staff: true, caller: false }],
    ['joins', '*33', 'join', { staff: true, caller: true }],
  ])('a supervisor %s', async (_, code, mode, heard) => {
    const { caller, phoneCall } = await converse();
    const supervisor = await town.callFromPhone('203', `${code}201`, { tone: OTHER_HZ });
    await told(`supervision ${mode} p203 p201`);
    await pause(1500);
    await supervisor.hangUp();
    await told('supervision-ended p203');
    await caller.hangUp();
    const { left, right } = await readStereo((await callOver()).recording);
    const [bySupervisor, byStaff, byCaller] = [
      await heardBy(supervisor),
      await heardBy(phoneCall),
      await heardBy(caller),
    ];
    expect(toneMs(bySupervisor, CALLER_HZ)).toBeGreaterThan(800);
    expect(toneMs(bySupervisor, PHONE_HZ)).toBeGreaterThan(800);
    expect(toneMs(byStaff, OTHER_HZ) > 800).toBe(heard.staff);
    expect(toneMs(byCaller, OTHER_HZ) > 800).toBe(heard.caller);
    // What the caller hears is what is recorded: of a whisper, nothing.
    expect(toneMs(right, OTHER_HZ) > 800).toBe(heard.caller);
    if (!heard.caller) expect(toneIntervals(right, OTHER_HZ)).toEqual([]);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(1400);
  });

  it('nobody else listens, and nobody where there is no conversation', async () => {
    const { caller } = await converse();
    const stranger = await town.callFromPhone('202', '*31201');
    await stranger.ended();
    expect(spoken(await heardBy(stranger))).toBeGreaterThan(1000);
    expect(toneMs(await heardBy(stranger), CALLER_HZ)).toBeLessThan(500);
    await caller.hangUp();
    expect(story(await callOver()).filter((step) => step.startsWith('supervision'))).toEqual([]);
    const early = await town.callFromPhone('203', '*31201');
    await early.ended();
    expect(soundIntervals(await heardBy(early)).length).toBeGreaterThan(0);
  });

  it('a phone that may closes a schedule until midnight, and opens it again; another is told that it may not', async () => {
    const switches = async () => [...(await box.commands.kept(SWITCH_FAMILY))];
    const stranger = await town.callFromPhone('202', '*61');
    await stranger.ended();
    expect([spoken(await heardBy(stranger)) > 1000, await switches()]).toEqual([true, []]);
    const closing = await town.callFromPhone('203', '*61');
    await closing.ended();
    const [[schedule, value] = ['', '']] = await switches();
    const until = new Date(Number(value.split('/')[1]) * 1000);
    expect([schedule, value.split('/')[0], until.toISOString().slice(11)]).toEqual([
      'office',
      'closed',
      '15:00:00.000Z',
    ]);
    expect(until.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
    expect(spoken(await heardBy(closing))).toBeGreaterThan(500);
    const back = await town.callFromPhone('203', '*71');
    await back.ended();
    expect(await switches()).toEqual([]);
    const byPhone = await box.commands.kept(SWITCH_BY_PHONE_FAMILY);
    expect(readPhoneSwitch(byPhone.get('office') ?? '')).toMatchObject({ openness: 'normal', phone: 'p203' });
  });

  it.each([
    ['closes', '*61', 'closed'],
    ['opens', '*71', 'normal'],
  ] as const)(
    'a phone that %s a schedule has done so when it hangs up before it is told',
    async (_, code, openness) => {
      const isClosed = async () => (await box.commands.kept(SWITCH_FAMILY)).has('office');
      if (openness === 'normal') await box.commands.keep(SWITCH_FAMILY, 'office', 'closed/4102444800');
      else if (await isClosed()) await box.commands.forget(SWITCH_FAMILY, 'office');
      const switching = await town.callFromPhone('203', code);
      await eventually('the switch', async () => (await isClosed()) === (openness === 'closed'));
      await switching.hangUp();
      await switching.ended();
      const byPhone = await box.commands.kept(SWITCH_BY_PHONE_FAMILY);
      expect(readPhoneSwitch(byPhone.get('office') ?? '')).toMatchObject({ openness, phone: 'p203' });
      expect(await isClosed()).toBe(openness === 'closed');
    },
  );
});
