import { beforeAll, describe, expect, it } from '@jest/globals';
import { channelVariable } from '../../../backend/src/asterisk/dialplan-names.ts';
import { soundIntervals, toneIntervals } from '../../town/listen.ts';
import type { Caller, PhoneCall } from '../../town/party.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import {
  CALLER_HZ,
  citizensOffice,
  CitizensDesk,
  type Conversation,
  heardBy,
  OTHER_HZ,
  PHONE_HZ,
  spokenMs,
  toneMs,
} from './citizens-desk.ts';
import { setStage, UNCLAIMED } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
type Incoming = Conversation<Caller, PhoneCall>;

/** Everything here happens with no backend at all: what staff need in a call must not depend on it. */
describe('in a conversation, with no backend', () => {
  const stage = setStage(place, { office: citizensOffice(place), tolerates: UNCLAIMED });
  const { callOver, told } = stage;
  const { comingIn } = new CitizensDesk(stage);
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  /** What became of the conversation. When the phone hangs up that answered first, its `left` may stand anywhere among that. */
  const afterTheAnswer = (call: SpooledCall): string[] =>
    story(call)
      .slice(6)
      .filter((step) => step !== 'left p201');
  /** Asterisk's id of the channel whose call it is. */
  const channel = async (): Promise<string> => {
    const [begin] = (await stage.call())?.entries ?? [];
    return begin?.e === 'begin' ? begin.channel : '';
  };

  it('a phone marks the call and is told so alone; of the keys nothing is heard', async () => {
    const { outside, phone } = await comingIn();
    await outside.says('silence');
    await phone.sendDigits('*1');
    await told('marked p201');
    await eventually('the phone to be told', async () => {
      if (spokenMs(await heardBy(phone)) < 500) throw new Error('nothing told yet');
      return true;
    });
    await outside.hangUp();
    const call = await callOver();
    const { left, right } = await readStereo(call.recording);
    expect(spokenMs(right)).toBeLessThan(400);
    expect(spokenMs(left)).toBeLessThan(400);
  });

  it('a caller has no codes', async () => {
    const { outside } = await comingIn();
    for (const code of ['*1', '*2', '*4', '*9', '*9']) await outside.sendDigits(code);
    await pause(2000);
    await outside.hangUp();
    expect(story(await callOver()).slice(5)).toEqual(['answered p201', 'left p201', 'end 16 caller']);
  });

  it.each([
    ['*2', 'warning-recording'],
    ['*3', 'warning-final'],
  ])('%s is heard by both and recorded; afterwards both sides are recorded on', async (code, notice) => {
    const { outside, phone } = await comingIn();
    await outside.says('silence');
    await phone.says('silence');
    await phone.sendDigits(code);
    await told(`announcement ${notice} p201`);
    await told(`announcement-ended ${notice} whole`);
    await outside.says({ tone: CALLER_HZ });
    await phone.says({ tone: OTHER_HZ });
    await pause(1500);
    await outside.hangUp();
    const { left, right } = await readStereo((await callOver()).recording);
    const [byCaller, byPhone] = [spokenMs(await heardBy(outside)), spokenMs(await heardBy(phone))];
    expect(spokenMs(right)).toBeGreaterThan(1000);
    expect(Math.abs(byCaller - spokenMs(right))).toBeLessThan(600);
    expect(Math.abs(byPhone - spokenMs(right))).toBeLessThan(900);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(900);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(1200);
  });

  it('the end is armed by the first press and done by the second, announced to both and recorded', async () => {
    const { outside, phone } = await comingIn();
    await phone.sendDigits('*9');
    await told('ending-armed p201');
    await pause(500);
    await phone.says('silence');
    await phone.sendDigits('*9');
    await told('ending-confirmed p201');
    await outside.ended(20_000);
    await phone.ended();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual([
      'ending-armed p201',
      'ending-confirmed p201',
      'announcement ending p201',
      'announcement-ended ending whole',
      'end 16 box',
    ]);
    expect(spokenMs((await readStereo(call.recording)).right)).toBeGreaterThan(2000);
  });

  it('an armed end that nobody confirms is disarmed: the next press arms it again', async () => {
    const { outside, phone } = await comingIn();
    await phone.sendDigits('*9');
    await told('ending-armed p201');
    // As if 30 seconds had gone by.
    await box.commands.setVariable(await channel(), channelVariable.ending, String(Math.floor(Date.now() / 1000) - 1));
    await phone.sendDigits('*9');
    await told('ending-armed p201', 2);
    await outside.hangUp();
    expect(story(await callOver()).at(-1)).toBe('end 16 caller');
  });

  it('a call on hold hears music, which is recorded', async () => {
    const { outside, phone } = await comingIn();
    await phone.hold();
    await pause(2500);
    await phone.resume();
    await pause(1000);
    await outside.hangUp();
    const { right } = await readStereo((await callOver()).recording);
    expect(spokenMs(right)).toBeGreaterThan(1000);
    expect(spokenMs(await heardBy(outside))).toBeGreaterThan(1000);
    expect(toneIntervals(right, PHONE_HZ).length).toBeGreaterThan(1);
  });

  it('a parked call hears music until another phone takes it, which then has the codes; all of it is one recording', async () => {
    const { outside, phone } = await comingIn();
    await phone.sendDigits('*4');
    await told('parked 1 p201');
    await phone.ended();
    await pause(1500);
    const taker = await town.callFromPhone('202', '*41', { tone: OTHER_HZ });
    await told('answered p202');
    await pause(1500);
    await taker.sendDigits('*1');
    await told('marked p202');
    await taker.hangUp();
    await outside.ended();
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
    expect(spokenMs(right)).toBeGreaterThan(700);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(1000);
    expect(toneMs(await heardBy(taker), CALLER_HZ)).toBeGreaterThan(1000);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(3000);
  });

  it('a parked call that nobody takes comes back to the phone it came from', async () => {
    const { outside, phone } = await comingIn();
    await box.commands.setVariable(await channel(), 'DENWABAN_PARK_SECONDS', '1');
    const again = town.phone('201').willAnswer({ says: { tone: OTHER_HZ } });
    await phone.sendDigits('*4');
    const back = await again.rung();
    await back.answered();
    await pause(1000);
    await outside.hangUp();
    const call = await callOver();
    expect(afterTheAnswer(call)).toEqual(['parked 1 p201', 'unparked timeout', 'answered p201', 'end 16 caller']);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(600);
  });

  it('a parked caller may hang up, and the place is free again; a place where nobody is says so', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { outside, phone } = await comingIn();
      await phone.sendDigits('*4');
      await told('parked 1 p201');
      await outside.hangUp();
      expect(story(await callOver()).at(-1)).toBe('end 16 caller');
      stage.nextCall();
    }
    const nobody = await town.callFromPhone('202', '*41');
    await nobody.ended();
    expect(spokenMs(await heardBy(nobody))).toBeGreaterThan(1000);
  });

  // Each comes back with the phone that is let go when the caller hangs up.
  async function onHold({ outside, phone }: Incoming): Promise<PhoneCall> {
    await phone.hold();
    await eventually('the music', async () => spokenMs(await heardBy(outside)) > 500);
    return phone;
  }
  async function warned({ phone }: Incoming): Promise<PhoneCall> {
    await phone.sendDigits('*3');
    await told('announcement warning-final p201');
    await pause(500);
    return phone;
  }
  async function toldTheEnd({ phone }: Incoming): Promise<PhoneCall> {
    await phone.sendDigits('*9');
    await told('ending-armed p201');
    await phone.sendDigits('*9');
    await told('announcement ending p201');
    await pause(500);
    return phone;
  }
  async function givenBack({ phone }: Incoming): Promise<PhoneCall> {
    await box.commands.setVariable(await channel(), 'DENWABAN_PARK_SECONDS', '1');
    const again = town.phone('201').willRingOut();
    await phone.sendDigits('*4');
    return again.rung();
  }
  async function handedOn({ phone }: Incoming): Promise<PhoneCall> {
    const colleague = town.phone('202').willRingOut();
    await phone.transferTo(town.extensionUri('202'));
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
    const conversation = await comingIn();
    const phone = await until(conversation);
    await conversation.outside.hangUp();
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
    const { outside, phone } = await comingIn();
    const supervisor = await town.callFromPhone('203', `${code}201`, { tone: OTHER_HZ });
    await told(`supervision ${mode} p203 p201`);
    await pause(1500);
    await supervisor.hangUp();
    await told('supervision-ended p203');
    await outside.hangUp();
    const { left, right } = await readStereo((await callOver()).recording);
    const [bySupervisor, byStaff, byCaller] = [await heardBy(supervisor), await heardBy(phone), await heardBy(outside)];
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
    const { outside } = await comingIn();
    const stranger = await town.callFromPhone('202', '*31201');
    await stranger.ended();
    expect(spokenMs(await heardBy(stranger))).toBeGreaterThan(1000);
    expect(toneMs(await heardBy(stranger), CALLER_HZ)).toBeLessThan(500);
    await outside.hangUp();
    expect(story(await callOver()).filter((step) => step.startsWith('supervision'))).toEqual([]);
    const early = await town.callFromPhone('203', '*31201');
    await early.ended();
    expect(soundIntervals(await heardBy(early)).length).toBeGreaterThan(0);
  });
});
