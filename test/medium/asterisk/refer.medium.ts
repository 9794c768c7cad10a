import { beforeAll, describe, expect, it } from '@jest/globals';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import type { PhoneCall } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import type { Town } from '../../town/town.ts';
import {
  CALLER_HZ,
  citizensOffice,
  CitizensDesk,
  type Conversation,
  conversationIn,
  heardToBe,
  OTHER_HZ,
  PHONE_HZ,
  toneMs,
} from './citizens-desk.ts';
import { setStage, WARNINGS } from './stage.ts';

const place = await Place.claim();

const office = citizensOffice(place, {
  recordings: {
    ...STANDARD_RECORDINGS,
    rules: [{ id: 'nurse', name: '保健師', recording: 'never', reason: '健康相談のため', phones: ['p203'] }],
  },
});

/** With no backend at all. */
describe('a phone that hands a call on by REFER to a colleague it has asked', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  const { comingIn, goingOut } = new CitizensDesk(stage);
  let town: Town;

  beforeAll(() => {
    ({ town } = stage);
  });

  async function handedOn({ phone }: Conversation, to: string, extension = '201'): Promise<PhoneCall> {
    const colleague = town.phone(to).willAnswer({ says: { tone: OTHER_HZ } });
    await phone.hold();
    const consultation = await town.callFromPhone(extension, to, { tone: PHONE_HZ });
    const taker = await colleague.rung();
    await heardToBe(consultation, OTHER_HZ);
    await phone.transferInto(consultation, town.extensionUri(to));
    return taker;
  }

  it.each([
    ['that came in', comingIn, 'answered p201'],
    ['that went out', goingOut, 'connected p201'],
  ])('leaves a call %s to the colleague, whom the recording has from then on', async (_, converse, began) => {
    const talk = await converse();
    const taker = await handedOn(talk, '202');
    await told('transferred p201 p202');
    await heardToBe(talk.outside, OTHER_HZ);
    await heardToBe(taker, CALLER_HZ);
    await taker.sendDigits('*1');
    await told('marked p202');
    await taker.hangUp();
    const call = await callOver();
    expect(conversationIn(call)).toEqual([began, 'transferred p201 p202', 'marked p202', 'left p202', 'end 16 office']);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
    stage.nextCall();
    expect(conversationIn(await callOver()).at(-1)).toMatch(/^end 16 /);
  });

  it('leaves it as well to a colleague who has called in the middle of it', async () => {
    const talk = await comingIn();
    const second = town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
    const colleague = await town.callFromPhone('202', '201', { tone: OTHER_HZ });
    const consultation = await second.rung();
    await heardToBe(consultation, OTHER_HZ);
    await talk.phone.transferInto(consultation, town.extensionUri('202'));
    await told('transferred p201 p202');
    await heardToBe(talk.outside, OTHER_HZ);
    await colleague.hangUp();
    await talk.outside.ended();
    const call = await callOver();
    expect(conversationIn(call)).toEqual(['answered p201', 'transferred p201 p202', 'left p202', 'end 16 office']);
    expect(toneMs((await readStereo(call.recording)).right, OTHER_HZ)).toBeGreaterThan(400);
    stage.nextCall();
    expect(conversationIn(await callOver())).toEqual(expect.arrayContaining(['answered p201', 'left p201']));
  });

  it('leaves the recording to the rule for the colleague', async () => {
    const kept = await comingIn();
    await handedOn(kept, '203');
    await told('transferred p201 p203');
    await kept.outside.hangUp();
    expect(conversationIn(await callOver())).toEqual([
      ...['answered p201', 'transferred p201 p203', 'recording-rule nurse never', 'left p203', 'end 16 caller'],
    ]);
    stage.nextCall();
    expect(conversationIn(await callOver()).at(-1)).toMatch(/^end 16 /);
    stage.nextCall();

    const spared = await goingOut('203');
    const taker = await handedOn(spared, '202', '203');
    await told('recorder');
    await heardToBe(taker, CALLER_HZ);
    await heardToBe(spared.outside, OTHER_HZ);
    await spared.outside.hangUp();
    const call = await callOver();
    expect(conversationIn(call)).toEqual([
      ...['recording-rule nurse never', 'connected p203', 'transferred p203 p202', 'recording-rule standard always'],
      ...['left p202', 'end 16 caller'],
    ]);
    const { left, right } = await readStereo(call.recording);
    expect(toneMs(left, CALLER_HZ)).toBeGreaterThan(400);
    expect(toneMs(right, OTHER_HZ)).toBeGreaterThan(400);
  });
});
