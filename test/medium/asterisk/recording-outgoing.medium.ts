import { stat } from 'node:fs/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { otherSoundIntervals, toneIntervals, totalMs } from '../../town/listen.ts';
import { type Caller, type PhoneCall } from '../../town/party.ts';
import { promptSound } from '../../town/prompt-sound.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, phoneAt, setStage, WARNINGS } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const OUTSIDE = '0398765432';
const ABROAD = '01012125550100';
const [OUTSIDE_HZ, PHONE_HZ] = [1000, 1400];

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['202']),
  phones: [phoneAt('201', { outside: 'all' }), phoneAt('202')],
  outgoing: { prefix: '0', trunks: ['hikari'], line: 'main' },
  desks: [{ id: 'citizens', name: '市民課', members: ['p201', 'p202'], ringSeconds: 5, outgoingNotice: 'recording' }],
  notices: [{ id: 'recording', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  lines: [
    {
      ...{ id: 'main', name: '代表', trunk: 'hikari', number: '0312340501' },
      flow: { start: 'end', nodes: { end: { type: 'end', cause: 'busy' } } },
    },
  ],
  recordings: {
    classes: [{ id: 'standard', name: '標準', format: 'flac' }],
    rules: [
      {
        ...{ id: 'health-nurse', name: '保健師の発信', recording: 'never', reason: '健康相談のため' },
        ...{ phones: ['p202'], directions: ['outgoing'] },
      },
      { id: 'abroad', name: '姉妹都市', recording: 'never', reason: '先方の求めのため', numbers: ['+12125550100'] },
    ],
  },
});

describe('a call that goes out, with no backend', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });
  beforeEach(() => {
    for (const number of [OUTSIDE, ABROAD, '119']) town.phone(number).willAnswer({ says: { tone: OUTSIDE_HZ } });
  });

  async function call(from: string, number: string): Promise<{ caller: Caller; called: PhoneCall }> {
    const dialled = number === '119' ? number : `0${number}`;
    const caller = await town.callFromPhone(from, dialled, { tone: PHONE_HZ });
    const called = await town.phone(number).rung();
    await called.answered();
    return { caller, called };
  }
  async function over(caller: Caller): Promise<SpooledCall> {
    await caller.hangUp();
    return callOver();
  }
  const steps = (of: SpooledCall) => story(of).filter((step) => /^(recorder|recording|notice)/.test(step));
  const noticeIn = (sound: Parameters<typeof otherSoundIntervals>[0]) =>
    totalMs(otherSoundIntervals(sound, [400, OUTSIDE_HZ, PHONE_HZ]));

  it('has the notice of the desk played to whom it reaches, and is paused by the phone that calls', async () => {
    const { caller, called } = await call('201', OUTSIDE);
    await told('notice-ended');
    await pause(800);
    await caller.sendDigits('*6');
    await told('recording-paused');
    const ended = await over(caller);
    expect(steps(ended)).toEqual([
      ...['recorder', 'notice recording', 'notice-ended recording', 'recording-paused 300 p201'],
    ]);
    await expectWhole(box, ended, { by: 'office', talked: ['p201'] });
    const noticeMs = totalMs(await promptSound(box.settings.layout.asteriskPrompts, 'recording-notice-short'));
    expect(noticeIn((await called.heard()).left)).toBeGreaterThan(noticeMs / 2);
    const { right } = await readStereo(ended.recording);
    expect(noticeIn(right)).toBeGreaterThan(noticeMs / 2);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(400);
  });

  it.each([
    ['of a phone that is not recorded', '202', OUTSIDE, 'health-nurse'],
    ['to a number abroad that is not, dialled from Japan,', '201', ABROAD, 'abroad'],
  ])('%s leaves not a byte', async (_, from, number, rule) => {
    const { caller } = await call(from, number);
    await told('notice-ended');
    const ended = await over(caller);
    expect(steps(ended)).toEqual([`recording-rule ${rule} never`, 'notice recording', 'notice-ended recording']);
    expect(await stat(ended.recording).catch(() => null)).toBeNull();
  });

  it('to the fire brigade is recorded whatever the rules say, and announced never', async () => {
    const { caller, called } = await call('202', '119');
    await pause(1000);
    const ended = await over(caller);
    expect(steps(ended)).toEqual(['recording-rule emergency always', 'recorder']);
    expect(noticeIn((await called.heard()).left)).toBeLessThan(700);
    const { left } = await readStereo(ended.recording);
    expect(totalMs(toneIntervals(left, OUTSIDE_HZ))).toBeGreaterThan(600);
  });
});
