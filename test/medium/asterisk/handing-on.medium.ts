import { beforeAll, describe, expect, it } from '@jest/globals';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import type { Town } from '../../town/town.ts';
import { eventually } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import {
  CALLER_HZ,
  citizensOffice,
  CitizensDesk,
  type Conversation,
  heardBy,
  heardToBe,
  OTHER_HZ,
  OUTSIDE,
  PHONE_HZ,
  spokenMs,
  toneMs,
} from './citizens-desk.ts';
import { asked, ConsoleUser } from './console-user.ts';
import { officeAt, setStage, WARNINGS } from './stage.ts';

const place = await Place.claim();
const PBX_NUMBER = '3301';

const { phones } = officeAt(place, ['201', '202', '203']);
const office = citizensOffice(place, {
  pbx: { name: '主装置', host: place.pbx, port: 5060 },
  phones: [...phones, { id: 'p301', name: '税務課1', type: 'pbx', extension: '301', number: PBX_NUMBER }],
  desks: [{ id: 'citizens', name: '市民課', members: ['p201', 'p301'], ringSeconds: 20, supervisors: ['p203'] }],
});

describe('users of the console', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  const { comingIn, goingOut } = new CitizensDesk(stage);
  let box: BoxAsterisk;
  let town: Town;
  let ask: ConsoleUser['ask'];

  beforeAll(async () => {
    ({ box, town } = stage);
    ({ ask } = await ConsoleUser.at(stage));
  });

  /** From what was asked for on. The first phone's `left` may stand anywhere, as may what the process tells of holding. */
  const after = (call: SpooledCall, act: string) => {
    const all = story(call).filter((step) => !/^(left p[23]01|held|resumed)/.test(step));
    return all.slice(all.indexOf(asked(act)) + 1);
  };

  async function fromBehindPbx(): Promise<Conversation> {
    const answering = town.phone(OUTSIDE).willAnswer({ says: { tone: CALLER_HZ } });
    const phone = await town.callFromPbx(PBX_NUMBER, `0${OUTSIDE}`, { tone: PHONE_HZ });
    const outside = await answering.rung();
    await told('connected');
    await heardToBe(phone, CALLER_HZ);
    return { outside, phone };
  }

  it.each([
    ['that came in', comingIn],
    ['that went out', goingOut],
  ])('hand a call %s on after a word with the colleague', async (_, converse) => {
    const { outside, phone } = await converse();
    const colleague = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: true })).toBe('done');
    await colleague.rung();
    await heardToBe(phone, OTHER_HZ);
    expect(toneMs(await heardBy(outside), OTHER_HZ)).toBe(0);
    await phone.hangUp();
    await heardToBe(outside, OTHER_HZ);
    await outside.hangUp();
    const call = await callOver();
    expect(after(call, 'transfer')).toEqual([
      ...['asking p201 p202', 'transferred p201 p202', 'left p202', 'end 16 caller'],
    ]);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
  });

  it('are told when the colleague does not answer, and the conversation goes on', async () => {
    const { outside, phone } = await comingIn();
    town.phone('202').willRefuse('busy');
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: true })).toBe('done');
    await told('not-reached p202 BUSY');
    await phone.says({ tone: OTHER_HZ });
    await heardToBe(outside, OTHER_HZ);
    await outside.hangUp();
    expect(after(await callOver(), 'transfer')).toEqual([
      ...['asking p201 p202', 'not-reached p202 BUSY', 'end 16 caller'],
    ]);
  });

  it('have a phone take a call that is parked', async () => {
    const { outside, phone } = await comingIn();
    expect(await ask({ type: 'pick-up', phone: 'p202' })).toBe('not-parked');
    expect(await ask({ type: 'park' })).toBe('done');
    await told('parked 1 p201');
    await phone.ended();
    expect(await ask({ type: 'pick-up', phone: 'p999' })).toBe('phone-unknown');
    town.phone('201').willRefuse('busy');
    const picking = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'pick-up', phone: 'p202' })).toBe('done');
    expect((await picking.rung()).callerNumber).toBe('*41');
    await told('answered p202');
    await heardToBe(outside, OTHER_HZ);
    // It has the call as any other phone.
    expect(await ask({ type: 'transfer', to: 'p201', askFirst: true })).toBe('done');
    await told('not-reached p201');
    await outside.hangUp();
    const call = await callOver();
    expect(after(call, 'pick-up')).toEqual([
      ...['unparked phone', 'answered p202', asked('transfer'), 'asking p202 p201'],
      ...['not-reached p201 BUSY', 'left p202', 'end 16 caller'],
    ]);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
  });

  it('never get another call that has come to the same place, or phone, meanwhile', async () => {
    const first = await comingIn();
    const supervising = town.phone('203').willRingOut();
    expect(await ask({ type: 'supervise', phone: 'p203', mode: 'join' })).toBe('done');
    const supervisor = await supervising.rung();
    await ask({ type: 'park' });
    await told('parked 1 p201');
    await first.phone.ended();
    const picking = town.phone('202').willRingOut();
    expect(await ask({ type: 'pick-up', phone: 'p202' })).toBe('done');
    const ringing = await picking.rung();
    await first.outside.hangUp();
    await callOver();
    stage.nextCall();

    const second = await comingIn();
    await supervisor.answer({ tone: OTHER_HZ });
    await supervisor.ended();
    await ask({ type: 'park' });
    await told('parked 1 p201');
    await ringing.answer({ tone: OTHER_HZ });
    await ringing.ended();
    for (const refused of [ringing, supervisor]) expect(spokenMs(await heardBy(refused))).toBeGreaterThan(500);
    expect(toneMs(await heardBy(second.outside), OTHER_HZ)).toBe(0);
    await second.outside.hangUp();
    expect(after(await callOver(), 'park')).toEqual(['parked 1 p201', 'end 16 caller']);
  });

  it('warn a caller on hold, who meanwhile cannot be sent elsewhere; then there is music again, and the next phone has its codes', async () => {
    const { outside, phone } = await comingIn();
    await phone.hold();
    await eventually('the music', async () => spokenMs(await heardBy(outside)) > 300);
    expect(await ask({ type: 'warn', warning: 'recording' })).toBe('done');
    expect(await ask({ type: 'warn', warning: 'final' })).toBe('announcing');
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('announcing');
    expect(await ask({ type: 'park' })).toBe('announcing');
    await phone.sendDigits('*4');
    await told('announcement-ended warning-recording whole');
    const soFar = spokenMs(await heardBy(outside));
    await eventually('the music again', async () => spokenMs(await heardBy(outside)) > soFar + 500);
    const second = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('done');
    const taker = await second.rung();
    await told('answered p202');
    await heardToBe(outside, OTHER_HZ);
    await taker.sendDigits('*1');
    await told('marked p202');
    await outside.hangUp();
    expect(after(await callOver(), 'transfer')).toEqual([
      ...['transferred p201 p202', 'answered p202', 'marked p202', 'left p202', 'end 16 caller'],
    ]);
  });

  it('see a call come to its desk again when neither the phone it is handed to nor the one that had it takes it', async () => {
    const { outside } = await comingIn();
    for (const extension of ['201', '202']) town.phone(extension).willRefuse('busy');
    const atTheDesk = town.phone(PBX_NUMBER).willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('done');
    await atTheDesk.rung();
    await heardToBe(outside, OTHER_HZ);
    await outside.hangUp();
    expect(after(await callOver(), 'transfer')).toEqual([
      ...['transferred p201 p202', 'not-reached p202 BUSY', 'not-reached p201 BUSY'],
      ...['ringing citizens', 'answered p301', 'end 16 caller'],
    ]);
  });

  it('act on a call that a phone behind the pbx has made', async () => {
    const { outside, phone } = await fromBehindPbx();
    const supervisors = town.phone('203').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'supervise', phone: 'p203', mode: 'join' })).toBe('done');
    const supervisor = await supervisors.rung();
    await heardToBe(outside, OTHER_HZ);
    await supervisor.hangUp();
    await told('supervision-ended p203');
    const second = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
    expect(await ask({ type: 'transfer', to: 'p202', askFirst: false })).toBe('done');
    await second.rung();
    await phone.ended();
    await told('answered p202');
    await outside.hangUp();
    expect(after(await callOver(), 'transfer')).toEqual([
      ...['transferred p301 p202', 'answered p202', 'left p202', 'end 16 caller'],
    ]);
  });

  it.each(['by code', 'by a user'] as const)(
    'see a call come back to a phone behind the pbx that was parked %s and that nobody took',
    async (how) => {
      const { outside, phone } = await fromBehindPbx();
      const connected = await told('connected');
      const trunk = connected.e === 'connected' ? connected.channel : '';
      await box.commands.setVariable(trunk, 'DENWABAN_PARK_SECONDS', '1');
      const again = town.phone(PBX_NUMBER).willAnswer({ says: { tone: OTHER_HZ } });
      if (how === 'by code') await phone.sendDigits('*4');
      else expect(await ask({ type: 'park' })).toBe('done');
      await told('unparked timeout');
      await again.rung();
      await heardToBe(outside, OTHER_HZ);
      await outside.hangUp();
      expect(story(await callOver()).slice(-3)).toEqual(['answered p301', 'left p301', 'end 16 caller']);
    },
  );
});
