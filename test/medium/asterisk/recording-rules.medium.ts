import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { toneIntervals, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { heardBy, heardToBe, spokenMs } from './citizens-desk.ts';
import { officeAt, setStage, WARNINGS } from './stage.ts';
import { completionOf } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const SPARED = '0409998888';
const LINE = { citizens: '0312340201', child: '0312340202', spared: '0312340203', opted: '0312340204' };
const CALLER_HZ = 440;
const PHONE_HZ = 1000;

const rule = (id: string, more: object) => ({
  id,
  name: id,
  recording: 'never',
  reason: '相談の内容を残さないため',
  ...more,
});
const line = (id: keyof typeof LINE, desk: string) => ({
  ...{ id, name: id, trunk: 'hikari', number: LINE[id] },
  flow: {
    start: 'ring',
    nodes: { ring: { type: 'desk', desk, otherwise: 'end' }, end: { type: 'end', cause: 'normal' } },
  },
});

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201', '202', '203']),
  desks: [
    { id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 5 },
    { id: 'child-care', name: '児童相談', members: ['p202'], ringSeconds: 5 },
  ],
  notices: [],
  lines: [
    line('citizens', 'citizens'),
    line('child', 'child-care'),
    line('spared', 'citizens'),
    line('opted', 'citizens'),
  ],
  recordings: {
    classes: [{ id: 'standard', name: '標準', format: 'flac' }],
    rules: [
      rule('spared-line', { lines: ['spared', 'opted'] }),
      rule('opted-in', { lines: ['opted'], desks: ['citizens'], recording: 'always' }),
      rule('child', { desks: ['child-care'] }),
      rule('spared-number', { numbers: [SPARED] }),
      rule('inside', { phones: ['p203'], directions: ['internal'], recording: 'always' }),
    ],
  },
});

describe('recording rules with no backend', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });
  async function conversation(to: string, phoneNumber: string, from = NUMBER): Promise<SpooledCall> {
    const phone = town.phone(phoneNumber).willAnswer({ says: { tone: PHONE_HZ } });
    const caller = await town.call({ from, to, says: { tone: CALLER_HZ } });
    await (await phone.rung()).answered();
    await pause(1200);
    await caller.hangUp();
    return callOver();
  }
  const rulesOf = (call: SpooledCall) =>
    story(call).filter((line_) => /^(recorder|recording-rule|answered)/.test(line_));
  const bytesOf = async (call: SpooledCall) => (await stat(call.recording).catch(() => null))?.size ?? null;

  it.each([
    ['a number', LINE.citizens, SPARED, 'spared-number'],
    ['a line', LINE.spared, NUMBER, 'spared-line'],
  ])('%s that is not recorded leaves not a byte on the disk, only which rule it was', async (_, to, from, ruleId) => {
    const call = await conversation(to, '201', from);
    expect(rulesOf(call)).toEqual([`recording-rule ${ruleId} never`, 'answered p201']);
    expect(await bytesOf(call)).toBeNull();
    expect(await completionOf(box, call)).toMatchObject({ completeness: 'none', reason: 'not-recorded', rule: ruleId });
  });

  it('what a desk says that is not recorded is not kept, nor is the way to it, and no phone can have it kept', async () => {
    const phone = town.phone('202').willAnswer({ says: { tone: PHONE_HZ } });
    const caller = await town.call({ from: NUMBER, to: LINE.child, says: { tone: CALLER_HZ } });
    const taken = await phone.rung();
    await taken.answered();
    await heardToBe(taken, CALLER_HZ);
    await taken.sendDigits('*5');
    await eventually('the phone to be told that it cannot', async () => spokenMs(await heardBy(taken)) > 100);
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).filter((step) => step.startsWith('recording-kept'))).toEqual([]);
    expect(rulesOf(call)).toEqual(['recorder', 'recording-rule child never', 'answered p202']);
    const completion = await completionOf(box, call);
    expect(completion).toMatchObject({ completeness: 'none', reason: 'not-recorded', rule: 'child' });
    expect(completion.segments.filter(({ kind }) => kind === 'audio')).toEqual([]);
  });

  it('a line that is not recorded is, with all of the call, when a desk takes part whose calls are kept', async () => {
    const call = await conversation(LINE.opted, '201');
    expect(rulesOf(call)).toEqual([
      'recording-rule spared-line never',
      'recorder',
      'recording-rule opted-in always',
      'answered p201',
    ]);
    expect(await completionOf(box, call)).toMatchObject({ completeness: 'complete', rule: null });
  });

  it('a call that is handed on is kept as long as those are kept who speak', async () => {
    const first = town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
    const second = town.phone('202').willAnswer({ says: { tone: 1600 } });
    const caller = await town.call({ from: NUMBER, to: LINE.citizens, says: { tone: CALLER_HZ } });
    const firstCall = await first.rung();
    await firstCall.answered();
    await pause(1000);
    await firstCall.transferTo(town.extensionUri('202'));
    await (await second.rung()).answered();
    await pause(1200);
    await caller.hangUp();
    const call = await callOver();
    expect(rulesOf(call)).toEqual(['recorder', 'answered p201', 'recording-rule child never', 'answered p202']);
    const completion = await completionOf(box, call);
    expect(completion).toMatchObject({ completeness: 'partial', reason: 'not-recorded', rule: 'child' });
    const { right } = await readStereo(call.recording);
    const keptBytes = completion.segments.flatMap((one) => (one.kind === 'audio' ? [one.toByte] : [])).at(-1) ?? 0;
    const spokenMs = toneIntervals(right, 1600, { windowMs: 10 })[0]?.fromMs ?? 0;
    expect(keptBytes / 32).toBeLessThanOrEqual(spokenMs);
    expect(keptBytes / 32).toBeGreaterThan(spokenMs - 400);
    expect(completion.gaps.at(-1)).toMatchObject({ reason: 'not-recorded' });
  });

  it('phones are recorded among themselves where a rule says so: left is the one who calls', async () => {
    const phone = town.phone('203').willAnswer({ says: { tone: PHONE_HZ } });
    const caller = await town.callFromPhone('201', '203', { tone: CALLER_HZ });
    await (await phone.rung()).answered();
    await pause(1500);
    await caller.hangUp();
    const call = await callOver();
    expect(story(call)).toEqual([
      ...['begin', 'recording-rule inside always', 'recorder', 'accepted', 'answered p203', 'left p203'],
      'end 16 caller',
    ]);
    const { left, right } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(800);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(800);
  });
});
