import { beforeAll, describe, expect, it } from '@jest/globals';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import type { Caller, Party, PhoneCall } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import {
  CALLER_HZ,
  citizensOffice,
  CitizensDesk,
  type Conversation,
  conversationIn,
  heardBy,
  heardToBe,
  OTHER_HZ,
  PHONE_HZ,
  spokenMs,
  toneMs,
} from './citizens-desk.ts';
import { setStage, WARNINGS } from './stage.ts';

const place = await Place.claim();
const LATER_HZ = 700;

const office = citizensOffice(place, {
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 20, supervisors: ['p202', 'p203'] }],
  recordings: {
    ...STANDARD_RECORDINGS,
    rules: [
      { id: 'nurse', name: '保健師', recording: 'never', reason: '健康相談のため', phones: ['p203'] },
      { id: 'colleagues', name: '内線', recording: 'always', phones: ['p201'], directions: ['internal'] },
    ],
  },
});

/** With no backend at all: what the dialplan does not write down is not known. */
describe('whoever hands a call on, and whoever hangs up', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  const { comingIn, goingOut } = new CitizensDesk(stage);
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  /** `*7` or `*8` and an extension, which answers. */
  async function pressed(phone: Party, code: string, extension: string): Promise<PhoneCall> {
    const answering = town.phone(extension).willAnswer({ says: { tone: OTHER_HZ } });
    await phone.sendDigits(code);
    await pause(1200);
    await phone.sendDigits(extension);
    const taker = await answering.rung();
    await taker.answered();
    return taker;
  }
  async function handedOn(code: string, { outside, phone }: Conversation, to = '202'): Promise<PhoneCall> {
    const taker = await pressed(phone, code, to);
    if (code === '*7') {
      await heardToBe(phone, OTHER_HZ);
      await phone.hangUp();
    }
    await told(code === '*7' ? `transferred p201 p${to}` : `answered p${to}`);
    await heardToBe(outside, OTHER_HZ);
    return taker;
  }

  describe.each([
    ['that came in', comingIn, 'answered p201'],
    ['that went out', goingOut, 'connected p201'],
  ])('a call %s', (_, converse, began) => {
    it('is handed on at once by *8, and the outside party hangs up', async () => {
      const talk = await converse();
      await handedOn('*8', talk);
      await talk.outside.hangUp();
      const call = await callOver();
      expect(conversationIn(call).filter((step) => step !== 'left p201')).toEqual([
        ...[began, 'transferred p201 p202', 'answered p202', 'left p202', 'end 16 caller'],
      ]);
      expect(conversationIn(call).filter((step) => step === 'left p201')).toHaveLength(1);
      expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
    });

    it('is handed on after asking by *7, and the phone that took it hangs up', async () => {
      const talk = await converse();
      const taker = await handedOn('*7', talk);
      await taker.hangUp();
      const call = await callOver();
      expect(conversationIn(call)).toEqual([
        ...[began, 'asking p201 p202', 'transferred p201 p202', 'left p202', 'end 16 office'],
      ]);
      expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
    });

    it('is given up by the outside party while a colleague is asked', async () => {
      const talk = await converse();
      const asked = await pressed(talk.phone, '*7', '202');
      await heardToBe(talk.phone, OTHER_HZ);
      await talk.outside.hangUp();
      const ended = conversationIn(await callOver());
      expect(ended).toEqual([began, 'asking p201 p202', 'left p201', 'end 16 caller']);
      await asked.hangUp();
      await talk.phone.hangUp();
    });

    it('is given up by the outside party while its end is armed', async () => {
      const { outside, phone } = await converse();
      await phone.sendDigits('*9');
      await told('ending-armed p201');
      await outside.hangUp();
      expect(conversationIn(await callOver())).toEqual([began, 'ending-armed p201', 'left p201', 'end 16 caller']);
    });

    it('is given up by the outside party while a supervisor has joined', async () => {
      const { outside } = await converse();
      await town.callFromPhone('203', '*33201', { tone: OTHER_HZ });
      await told('supervision join p203 p201');
      await heardToBe(outside, OTHER_HZ);
      await outside.hangUp();
      const steps = conversationIn(await callOver());
      expect(steps.slice(0, 2)).toEqual([began, 'supervision join p203 p201']);
      expect(steps.slice(2).filter((step) => step !== 'supervision-ended p203')).toEqual([
        ...['left p201', 'end 16 caller'],
      ]);
    });
  });

  it.each(['supervisor', 'staff'] as const)(
    'a supervisor joins, the %s leaves, and the others are recorded on',
    async (who) => {
      const { outside, phone } = await (who === 'staff' ? comingIn() : goingOut());
      const supervisor = await town.callFromPhone('203', '*33201', { tone: OTHER_HZ });
      await told('supervision join p203 p201');
      await heardToBe(outside, OTHER_HZ);
      const another = await town.callFromPhone('202', '*33201', { tone: OTHER_HZ });
      await told('supervision join p202 p201');
      await another.hangUp();
      await told('supervision-ended p202');
      const [leaving, staying] = who === 'staff' ? [phone, supervisor] : [supervisor, phone];
      await leaving.hangUp();
      // A supervisor who is left with the caller has the call.
      await told(who === 'staff' ? 'answered p203' : 'supervision-ended p203');
      await staying.says({ tone: LATER_HZ });
      await heardToBe(outside, LATER_HZ);
      await outside.hangUp();
      const call = await callOver();
      expect(conversationIn(call).filter((step) => step.startsWith('left'))).toEqual(
        who === 'staff' ? ['left p201', 'left p203'] : ['left p201'],
      );
      const { left, right } = await readStereo(call.recording);
      expect(toneMs(right, LATER_HZ)).toBeGreaterThan(400);
      expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(1000);
    },
  );

  it('a call comes back when the colleague does not take it, and who asked has hung up meanwhile', async () => {
    const { outside, phone } = await comingIn();
    await phone.sendDigits('*1');
    await told('marked p201');
    const asked = town.phone('202').willRingOut();
    await phone.sendDigits('*7');
    await pause(1200);
    await phone.sendDigits('202');
    const ringing = await asked.rung();
    await phone.hangUp();
    await told('left p201');
    const again = town.phone('201').willAnswer({ says: { tone: LATER_HZ } });
    await ringing.refuse('busy');
    const back = await again.rung();
    await heardToBe(outside, LATER_HZ);
    await back.hangUp();
    expect(conversationIn(await callOver())).toEqual([
      ...['answered p201', 'marked p201', 'asking p201 p202', 'left p201', 'not-reached p202 BUSY'],
      ...['answered p201', 'left p201', 'end 16 office'],
    ]);
  });

  it('the rule of the phone that was asked holds once it has the call', async () => {
    const talk = await goingOut();
    await handedOn('*7', talk, '203');
    await talk.outside.hangUp();
    expect(conversationIn(await callOver())).toEqual([
      ...['connected p201', 'asking p201 p203', 'transferred p201 p203', 'recording-rule nurse never'],
      ...['left p203', 'end 16 caller'],
    ]);
  });

  it('a call that went out and is parked is picked up, and the phone hangs up', async () => {
    const { outside, phone } = await goingOut();
    await phone.sendDigits('*4');
    await told('parked 1 p201');
    await phone.ended();
    const taker = await town.callFromPhone('202', '*41', { tone: OTHER_HZ });
    await heardToBe(outside, OTHER_HZ);
    await taker.hangUp();
    expect(conversationIn(await callOver())).toEqual([
      ...[
        'connected p201',
        'left p201',
        'parked 1 p201',
        'unparked phone',
        'answered p202',
        'left p202',
        'end 16 office',
      ],
    ]);
  });

  describe('between phones', () => {
    async function colleagues(): Promise<{ caller: Caller; called: PhoneCall }> {
      const answering = town.phone('202').willAnswer({ says: { tone: OTHER_HZ } });
      const caller = await town.callFromPhone('201', '202', { tone: PHONE_HZ });
      const called = await answering.rung();
      await told('answered p202');
      await heardToBe(caller, OTHER_HZ);
      return { caller, called };
    }

    it('who calls marks and pauses, and is told what it cannot do', async () => {
      const { caller, called } = await colleagues();
      await caller.sendDigits('*1');
      await told('marked p201');
      await caller.sendDigits('*6');
      await told('recording-paused 300 p201');
      await caller.sendDigits('*6');
      await told('recording-resumed phone p201');
      await called.says('silence');
      const already = spokenMs(await heardBy(caller));
      await caller.sendDigits('*4');
      await eventually('the refusal', async () => spokenMs(await heardBy(caller)) > already + 500);
      await caller.hangUp();
      expect(conversationIn(await callOver()).slice(-2)).toEqual(['left p202', 'end 16 caller']);
    });

    it('a colleague who is handed on has a call of its own', async () => {
      const { caller, called } = await colleagues();
      const third = town.phone('203').willAnswer({ says: { tone: CALLER_HZ } });
      await caller.transferTo(town.extensionUri('203'));
      await third.rung();
      await heardToBe(called, CALLER_HZ);
      expect(conversationIn(await callOver()).slice(-2)).toEqual(['left p202', 'end 16 office']);
      await called.hangUp();
      stage.nextCall();
      const own = await callOver();
      expect(own.entries[0]).toMatchObject({ direction: 'internal', number: '202', dialled: '203' });
      expect(conversationIn(own).slice(-3)).toEqual(['answered p203', 'left p203', 'end 16 caller']);
    });
  });

  it('of every call the end is told once, and last', async () => {
    const placed = (await box.calls()).length;
    for (let which = 1; which <= placed; which += 1) {
      const told = (await box.endedCall(which)).entries.map(({ e }) => e);
      expect([told.indexOf('end'), told.filter((e) => e === 'end')]).toEqual([told.length - 1, ['end']]);
    }
  });

  it('of calls that are over Asterisk remembers nothing', async () => {
    await eventually('every fact of a call to be forgotten', async () => {
      const globals = await box.commandLine('dialplan show globals');
      const facts = globals.split('\n').filter((line) => /DENWABAN_[A-Z_]+_[0-9a-f]{8}-/.test(line));
      return /\d variable/.test(globals) && facts.length === 0;
    });
  });
});
