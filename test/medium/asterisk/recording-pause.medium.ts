import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { LENGTH_TOLERANCE_MS } from '../../../backend/src/recordings/spool/completeness.ts';
import { slice, toneIntervals, totalMs } from '../../town/listen.ts';
import { type Caller, type PhoneCall } from '../../town/party.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, setStage, WARNINGS } from './stage.ts';
import { completionOf, expectWhole } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = { citizens: '0312340301', onDemand: '0312340302' };
const [CALLER_HZ, PHONE_HZ, SECRET_HZ] = [440, 1000, 1600];
const RESUME_AFTER_SECONDS = 10;
/** By another clock: what the way between box and town takes comes on top. */
const TOWN_TOLERANCE_MS = 250;

const line = (id: string, number: string) => ({
  ...{ id, name: id, trunk: 'hikari', number },
  flow: {
    start: 'ring',
    nodes: { ring: { type: 'desk', desk: 'citizens', otherwise: 'end' }, end: { type: 'end', cause: 'normal' } },
  },
});

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201', '202']),
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 10 }],
  notices: [],
  lines: [line('citizens', LINE.citizens), line('on-demand', LINE.onDemand)],
  recordings: {
    classes: [{ id: 'standard', name: '標準', format: 'flac' }],
    rules: [{ id: 'ask', name: '求めたとき', recording: 'on-demand', reason: '試行のため', lines: ['on-demand'] }],
    pause: { resumeAfterSeconds: RESUME_AFTER_SECONDS },
  },
});

describe('a recording in progress, with no backend', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let caller: Caller;
  let phoneCall: PhoneCall;

  beforeAll(() => {
    ({ box, town } = stage);
  });
  const sizeNow = async () => stat((await stage.call())?.recording ?? '');
  async function talk(to: string): Promise<void> {
    const phone = town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
    caller = await town.call({ from: NUMBER, to, says: { tone: CALLER_HZ } });
    phoneCall = await phone.rung();
    await phoneCall.answered();
    await pause(1000);
  }
  async function press(code: string, event: string, count = 1): Promise<void> {
    await phoneCall.sendDigits(code);
    await told(event, count);
  }
  async function over(): Promise<SpooledCall> {
    await caller.hangUp();
    return callOver();
  }
  const timeOf = ({ entries }: SpooledCall, event: string) => Number(entries.find(({ e }) => e === event)?.at) * 1000;
  const steps = (call: SpooledCall) => story(call).filter((step) => step.startsWith('recording-'));

  it('is paused and resumed by the phone: nothing said meanwhile is on the disk, and time goes on', async () => {
    await talk(LINE.citizens);
    await press('*6', 'recording-paused');
    await phoneCall.says({ tone: SECRET_HZ });
    await caller.says({ tone: SECRET_HZ });
    await pause(2500);
    await phoneCall.says({ tone: PHONE_HZ });
    await caller.says({ tone: CALLER_HZ });
    await press('*6', 'recording-resumed');
    await pause(1500);
    const call = await over();
    expect(steps(call)).toEqual([`recording-paused ${RESUME_AFTER_SECONDS} p201`, 'recording-resumed phone p201']);

    const { left, right } = await readStereo(call.recording);
    for (const side of [left, right]) expect(toneIntervals(side, SECRET_HZ)).toEqual([]);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1500);
    const completion = await completionOf(box, call);
    expect(completion).toMatchObject({ completeness: 'partial', reason: 'paused', rule: null });
    const pausedMs = timeOf(call, 'recording-resumed') - timeOf(call, 'recording-paused');
    const gap = completion.gaps.find(({ reason }) => reason === 'paused');
    expect(Math.abs((gap?.durationMs ?? 0) - pausedMs)).toBeLessThan(300);
    expect(Math.abs((gap?.atMs ?? 0) - (timeOf(call, 'recording-paused') - timeOf(call, 'recorder')))).toBeLessThan(
      300,
    );
    expect(Math.abs(completion.sealedMs - completion.lengthMs)).toBeLessThan(LENGTH_TOLERANCE_MS);
  });

  it.each(['caller', 'office'] as const)('that is paused when the %s hangs up is as long as the call', async (by) => {
    await talk(LINE.citizens);
    await press('*6', 'recording-paused');
    await pause(1500);
    await (by === 'caller' ? caller : phoneCall).hangUp();
    const call = await callOver();
    const { gaps, sealedMs } = await expectWhole(box, call, { by, talked: ['p201'] });
    expect(gaps.at(-1)?.reason).toBe('paused');
    const pausedMs = timeOf(call, 'end') - timeOf(call, 'recording-paused');
    expect(Math.abs((gaps.at(-1)?.durationMs ?? 0) - pausedMs)).toBeLessThan(300);
    const talkedMs = (await caller.ended()).at - (await caller.invited());
    expect(Math.abs(sealedMs - talkedMs)).toBeLessThan(TOWN_TOLERANCE_MS);
  });

  it('is paused and goes on for the telephony process, too', async () => {
    await talk(LINE.citizens);
    const { id, entries } = (await stage.call()) ?? {};
    const begin = entries?.find((entry) => entry.e === 'begin');
    if (id === undefined || !begin) throw new Error('no call');
    await box.commands.startRecorderAnew(begin.channel, id, { silent: RESUME_AFTER_SECONDS });
    await phoneCall.says({ tone: SECRET_HZ });
    const { size } = await sizeNow();
    await pause(1500);
    expect((await sizeNow()).size).toBe(size);
    await phoneCall.says({ tone: PHONE_HZ });
    await pause(500);
    await box.commands.startRecorderAnew(begin.channel, id);
    await eventually('the recording to grow', async () => (await sizeNow()).size > size + 32_000);
    const call = await over();
    const { right } = await readStereo(call.recording);
    expect(toneIntervals(right, SECRET_HZ)).toEqual([]);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1200);
  });

  it('goes on by itself when the time is over', async () => {
    await talk(LINE.citizens);
    await press('*6', 'recording-paused');
    const { size } = await sizeNow();
    await pause(RESUME_AFTER_SECONDS * 1000 - 2000);
    expect((await sizeNow()).size).toBe(size);
    await eventually('the recording to grow', async () => (await sizeNow()).size > size, { withinMs: 6000 });
    await pause(1500);
    const call = await over();
    const { gaps } = await completionOf(box, call);
    const gap = gaps.find(({ reason }) => reason === 'paused');
    expect(Math.abs((gap?.durationMs ?? 0) - RESUME_AFTER_SECONDS * 1000)).toBeLessThan(400);
    const { right } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(2000);
  });

  it('goes on with a transfer', async () => {
    await talk(LINE.citizens);
    await press('*6', 'recording-paused');
    const second = town.phone('202').willAnswer({ says: { tone: SECRET_HZ } });
    await phoneCall.transferTo(town.extensionUri('202'));
    await (await second.rung()).answered();
    await pause(1500);
    const call = await over();
    expect(steps(call)).toEqual([`recording-paused ${RESUME_AFTER_SECONDS} p201`, 'recording-resumed transfer']);
    const { right } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(right, SECRET_HZ))).toBeGreaterThan(1000);
  });

  it('is kept when the phone asks for it, and else is not: the caller’s keys do nothing', async () => {
    await talk(LINE.onDemand);
    await caller.sendDigits('*5*6');
    await pause(500);
    const discarded = await over();
    expect(steps(discarded)).toEqual(['recording-rule ask on-demand']);
    expect(await completionOf(box, discarded)).toMatchObject({ completeness: 'none', reason: 'not-kept', rule: 'ask' });
    stage.nextCall();
    await talk(LINE.onDemand);
    await press('*5', 'recording-kept');
    const kept = await over();
    expect(steps(kept)).toEqual(['recording-rule ask on-demand', 'recording-kept p201']);
    const completion = await expectWhole(box, kept, { by: 'caller', talked: ['p201'] });
    expect(completion).toMatchObject({ completeness: 'complete', rule: null });
    // From the call’s start.
    const { left } = await readStereo(kept.recording);
    expect(totalMs(toneIntervals(slice(left, { fromMs: 0, toMs: 2000 }), CALLER_HZ))).toBeGreaterThan(800);
  });
});
