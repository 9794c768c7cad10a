import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Party } from '../../town/party.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { pause } from '../../town/waiting.ts';
import { type SpooledCall, story } from './box-asterisk.ts';
import {
  CALLER_HZ,
  citizensOffice,
  CitizensDesk,
  heardBy,
  OTHER_HZ,
  PHONE_HZ,
  spokenMs,
  toneMs,
} from './citizens-desk.ts';
import { asked, ConsoleUser, USER } from './console-user.ts';
import { setStage } from './stage.ts';

const place = await Place.claim();

describe('what users of the console do in a conversation', () => {
  const stage = setStage(place, { office: citizensOffice(place) });
  const { callOver, told } = stage;
  const { comingIn, goingOut } = new CitizensDesk(stage);
  let town: Town;
  let ask: ConsoleUser['ask'];

  beforeAll(async () => {
    ({ town } = stage);
    ({ ask } = await ConsoleUser.at(stage));
  });

  const after = (call: SpooledCall, first: RegExp) => {
    const all = story(call);
    return all.slice(all.findIndex((step) => first.test(step))).filter((step) => step !== 'left p201');
  };

  it('play the recording warning to both', async () => {
    const { outside, phone } = await comingIn();
    await outside.says('silence');
    await phone.says('silence');
    expect(await ask({ type: 'warn', warning: 'recording' })).toBe('done');
    await told('announcement-ended warning-recording whole');
    await outside.hangUp();
    const call = await callOver();
    expect(after(call, /^asked/).slice(0, 3)).toEqual([
      asked('warn'),
      'announcement warning-recording ',
      'announcement-ended warning-recording whole',
    ]);
    const recorded = spokenMs((await readStereo(call.recording)).right);
    expect(recorded).toBeGreaterThan(1000);
    for (const party of [outside, phone]) expect(Math.abs(spokenMs(await heardBy(party)) - recorded)).toBeLessThan(900);
  });

  it('arm the end of a call, disarm it, and arm and confirm it', async () => {
    const { outside, phone } = await goingOut();
    expect(await ask({ type: 'confirm-ending' })).toBe('ending-not-armed');
    expect(await ask({ type: 'arm-ending' })).toBe('done');
    expect(await ask({ type: 'cancel-ending' })).toBe('done');
    expect(await ask({ type: 'confirm-ending' })).toBe('ending-not-armed');
    expect(await ask({ type: 'arm-ending' })).toBe('done');
    await phone.says('silence');
    expect(await ask({ type: 'confirm-ending' })).toBe('done');
    await outside.ended(20_000);
    await phone.ended();
    const call = await callOver();
    expect(after(call, /^ending-armed/)).toEqual([
      ...[`ending-armed ${USER}`, `ending-cancelled ${USER}`, `ending-armed ${USER}`],
      ...[asked('confirm-ending'), 'ending-confirmed ', 'announcement ending ', 'announcement-ended ending whole'],
      'end 16 box',
    ]);
    expect(spokenMs((await readStereo(call.recording)).right)).toBeGreaterThan(2000);
  });

  it.each([
    ['that came in', comingIn],
    ['that went out', goingOut],
  ])('hand a call %s on to another phone', async (_, converse) => {
    const { outside, phone } = await converse();
    const second = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('done');
    const taker = await second.rung();
    await told('answered p202');
    await phone.ended();
    await pause(1500);
    await outside.hangUp();
    const call = await callOver();
    expect(after(call, /^asked/).slice(0, 3)).toEqual([asked('transfer'), 'transferred p201 p202', 'answered p202']);
    expect(story(call).at(-1)).toBe('end 16 caller');
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(900);
    expect(toneMs(await heardBy(taker), CALLER_HZ)).toBeGreaterThan(900);
  });

  it('park a call, which another phone picks up', async () => {
    const { outside, phone } = await comingIn();
    expect(await ask({ type: 'park' })).toBe('done');
    await told('parked 1 p201');
    await phone.ended();
    expect(await ask({ type: 'park' })).toBe('done');
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('not-in-conversation');
    await pause(1200);
    await pickUp();
    await outside.hangUp();
    await pickedUp(outside);
  });

  it('a phone parks the call that it made, which another phone picks up', async () => {
    const { outside, phone } = await goingOut();
    await phone.sendDigits('*4');
    await told('parked 1 p201');
    await phone.ended();
    await pause(1200);
    await pickUp();
    await outside.hangUp();
    await pickedUp(outside);
  });

  async function pickUp(): Promise<void> {
    await town.callFromPhone('202', '*41', { tone: OTHER_HZ });
    await told('answered p202');
    await pause(1500);
  }
  async function pickedUp(outside: Party): Promise<void> {
    const call = await callOver();
    expect(after(call, /^parked/)).toEqual([
      ...['parked 1 p201', 'unparked phone', 'answered p202', 'left p202', 'end 16 caller'],
    ]);
    const { right } = await readStereo(call.recording);
    expect(spokenMs(right)).toBeGreaterThan(500);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(900);
    expect(toneMs(await heardBy(outside), OTHER_HZ)).toBeGreaterThan(900);
  }

  it('a phone marks the call that it made, and warns in it', async () => {
    const { outside, phone } = await goingOut();
    await outside.says('silence');
    await phone.says('silence');
    await phone.sendDigits('*1');
    await told('marked p201');
    await pause(1500);
    await phone.sendDigits('*2');
    await told('announcement warning-recording p201');
    await told('announcement-ended warning-recording whole');
    await outside.hangUp();
    expect(story(await callOver()).at(-1)).toBe('end 16 caller');
    expect(spokenMs(await heardBy(outside))).toBeGreaterThan(1000);
  });

  it.each([
    ['listen', { staff: false, caller: false }],
    ['whisper', { staff: true, caller: false }],
    ['join', { staff: true, caller: true }],
  ] as const)('put a supervisor to a call: %s', async (mode, heard) => {
    const { outside, phone } = await (mode === 'listen' ? goingOut() : comingIn());
    const supervisors = town.phone('203').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'supervise', phone: 'p202', mode })).toBe('not-a-supervisor');
    expect(await ask({ type: 'supervise', phone: 'p203', mode })).toBe('done');
    const supervisor = await supervisors.rung();
    await told(`supervision ${mode} p203 p201`);
    await pause(1500);
    await supervisor.hangUp();
    await told('supervision-ended p203');
    await outside.hangUp();
    await callOver();
    const by = await heardBy(supervisor);
    expect(Math.min(toneMs(by, CALLER_HZ), toneMs(by, PHONE_HZ))).toBeGreaterThan(800);
    expect(toneMs(await heardBy(phone), OTHER_HZ) > 800).toBe(heard.staff);
    expect(toneMs(await heardBy(outside), OTHER_HZ) > 800).toBe(heard.caller);
  });

  it('a recording that is paused stays so when a supervisor who joined has left', async () => {
    const { outside } = await comingIn();
    expect(await ask({ type: 'pause-recording' })).toBe('done');
    const supervisors = town.phone('203').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'supervise', phone: 'p203', mode: 'join' })).toBe('done');
    const supervisor = await supervisors.rung();
    await told('supervision join p203 p201');
    await pause(500);
    await outside.says({ tone: OTHER_HZ });
    await supervisor.hangUp();
    await told('supervision-ended p203');
    await pause(1500);
    await outside.hangUp();
    expect(toneMs((await readStereo((await callOver()).recording)).left, OTHER_HZ)).toBe(0);
  });
});
