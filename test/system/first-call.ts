import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { durationMs, longestGapMs, otherSoundIntervals, slice, toneIntervals, totalMs } from '../town/listen.ts';
import { ApiRefused, OfficeApi } from '../town/office-api.ts';
import { OFFICE } from '../town/office.ts';
import { type Caller, type PhoneCall } from '../town/party.ts';
import { decodeFlac, endpointsOf, recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { pause } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

const CALLER_HZ = 440;
const PHONE_HZ = 1000;
const LATE_MS = 200;
const TOLERANCE_MS = 100;
const NUMBER = '0901234567';

describe('a citizen calls the office', () => {
  let scene: Scene;
  let caller: Caller;
  let phoneCall: PhoneCall;
  let call: CallSummary;

  beforeAll(async () => {
    scene = await ordinaryDay();
    const phone = scene.town.phone('201').willAnswer({ afterMs: 800, says: { tone: PHONE_HZ } });
    caller = await scene.town.call({ from: NUMBER, to: OFFICE.citizens, says: { tone: CALLER_HZ } });
    phoneCall = await phone.rung();
    await phoneCall.answered();
    await pause(3000);
    await caller.hangUp();
    call = await scene.api.filedCall(NUMBER);
  });

  it('is told to ring before the call is answered, and answered before the phone is', async () => {
    expect(await caller.ringing()).toBeLessThanOrEqual(await caller.answered());
    expect(await caller.answered()).toBeLessThan(phoneCall.rungAt);
    expect(phoneCall.callerNumber).toBe(NUMBER);
  });

  it('stands in the list with number, line, desk, phone and outcome', () => {
    expect(call).toMatchObject({
      direction: 'incoming',
      number: NUMBER,
      presentation: 'shown',
      dialled: OFFICE.citizens,
      line: { id: 'citizens', name: '市民課直通' },
      desk: { id: 'citizens', name: '市民課' },
      phone: { id: 'p201' },
      state: 'ended',
      outcome: 'answered',
      reason: null,
      handledBy: 'backend',
      recording: { state: 'sealed', completeness: 'complete', reason: null },
    });
  });

  it('has the times of the town', async () => {
    const { at: endedAt } = await caller.ended();
    const near = (instant: string | null, town: number) =>
      expect(Math.abs(Date.parse(instant ?? '') - town)).toBeLessThan(TOLERANCE_MS);
    near(call.startedAt, await caller.invited());
    near(call.answeredAt, await phoneCall.answered());
    near(call.endedAt, endedAt);
    const recording = await scene.api.recording(call.recording?.id ?? '');
    expect(Math.abs((recording.durationMs ?? 0) - (endedAt - (await caller.invited())))).toBeLessThan(TOLERANCE_MS);
  });

  it('is recorded with the caller only on the left, the phone only on the right, and the notice before it', async () => {
    const { left, right } = await recordingOf(scene, call);
    const connectedMs = (await phoneCall.answered()) - (await caller.invited());
    const endedMs = (await caller.ended()).at - (await caller.invited());

    expect(Math.abs(durationMs(left) - endedMs)).toBeLessThan(TOLERANCE_MS);
    expect(durationMs(right)).toBe(durationMs(left));

    const said = toneIntervals(left, CALLER_HZ);
    // What either sends late on a busy machine is no fault of the recording.
    expect(totalMs(said)).toBeGreaterThan(endedMs - ((await caller.answered()) - (await caller.invited())) - 600);
    expect(longestGapMs(said)).toBeLessThan(LATE_MS);
    expect(toneIntervals(left, PHONE_HZ, { minAmplitude: 300 })).toEqual([]);

    const answered = toneIntervals(right, PHONE_HZ);
    expect(longestGapMs(answered)).toBeLessThan(LATE_MS);
    expect(Math.abs((answered[0]?.fromMs ?? 0) - connectedMs)).toBeLessThan(500);
    expect(totalMs(answered)).toBeGreaterThan(endedMs - connectedMs - 600);
    // The notice is speech and has a little of every frequency, so only what comes after it is judged that sharply.
    const afterNotice = slice(right, { fromMs: connectedMs + 300, toMs: endedMs });
    expect(toneIntervals(afterNotice, CALLER_HZ, { minAmplitude: 300 })).toEqual([]);

    const notice = otherSoundIntervals(right, [PHONE_HZ]);
    expect(totalMs(notice)).toBeGreaterThan(800);
    expect(notice.at(-1)?.toMs).toBeLessThan(connectedMs + 250);
    expect(totalMs(otherSoundIntervals(slice(right, { fromMs: connectedMs + 300, toMs: endedMs }), [PHONE_HZ]))).toBe(
      0,
    );
  });

  it('sounded the same to the caller: first the notice, then the phone', async () => {
    const { left: heard } = await caller.heard();
    const phoneHeard = toneIntervals(heard, PHONE_HZ);
    const noticeHeard = otherSoundIntervals(heard, [PHONE_HZ]);
    expect(totalMs(noticeHeard)).toBeGreaterThan(800);
    expect(noticeHeard[0]?.fromMs).toBeLessThan(phoneHeard[0]?.fromMs ?? 0);
    expect(totalMs(toneIntervals((await phoneCall.heard()).left, CALLER_HZ))).toBeGreaterThan(2500);
  });

  it('tells the steps of the call in their order', async () => {
    const { timeline } = await scene.api.callDetail(call.id);
    const steps = timeline.map(({ event }) => event);
    const expected = ['begin', 'recorder', 'claimed', 'accepted', 'notice', 'notice-ended', 'ringing', 'answered'];
    expect(steps.filter((step) => expected.includes(step))).toEqual(expected);
    expect(steps.at(-1)).toBe('end');
    expect(timeline.every(({ offsetMs }, index) => offsetMs >= (timeline[index - 1]?.offsetMs ?? 0))).toBe(true);
  });

  it('can be played piece by piece', async () => {
    const id = call.recording?.id ?? '';
    const whole = await scene.api.audio(id);
    expect(whole.status).toBe(200);
    expect(whole.headers['content-type']).toBe('audio/flac');
    const size = whole.body.length;
    const middle = Math.floor(size / 2);
    const pieces = await Promise.all([
      scene.api.audio(id, `bytes=0-${middle - 1}`),
      scene.api.audio(id, `bytes=${middle}-`),
    ]);
    expect(pieces.map(({ status }) => status)).toEqual([206, 206]);
    expect(pieces[1].headers['content-range']).toBe(`bytes ${middle}-${size - 1}/${size}`);
    expect(Buffer.concat(pieces.map(({ body }) => body)).equals(whole.body)).toBe(true);
    expect((await scene.api.audio(id, 'bytes=-10')).body.equals(whole.body.subarray(-10))).toBe(true);
    await expect(scene.api.audio(id, `bytes=${size}-`)).rejects.toMatchObject({ status: 416 });
    const { left } = await decodeFlac(endpointsOf(scene.box.home).toolsDir, whole.body);
    expect(durationMs(left)).toBeGreaterThan(4000);
  });

  it('is found by any part of the number and not by another one', async () => {
    expect((await scene.api.searchCalls({ number: '1234' })).map(({ id }) => id)).toContain(call.id);
    expect((await scene.api.searchCalls({ number: '090-1234' })).map(({ id }) => id)).toContain(call.id);
    expect(await scene.api.searchCalls({ number: '0809' })).toEqual([]);
  });

  it('stays closed to whoever is not logged in', async () => {
    const stranger = new OfficeApi(scene.box);
    for (const path of [`/calls/${call.id}`, `/recordings/${call.recording?.id ?? ''}/audio`]) {
      await expect(stranger.call('GET', path)).rejects.toBeInstanceOf(ApiRefused);
      await expect(stranger.call('GET', path)).rejects.toMatchObject({ status: 401 });
    }
  });
});
