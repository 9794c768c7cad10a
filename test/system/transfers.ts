import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { CALLER_HZ, endConversation, PHONE_HZ, startConversation } from '../town/conversation.ts';
import { durationMs, longestGapMs, slice, toneIntervals, totalMs } from '../town/listen.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { pause } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

const SECOND_PHONE_HZ = 1300;
const TOLERANCE_MS = 100;
/** The town stops and starts a tone within this, on a machine that does other things too. */
const TURNS_WITHIN_MS = 700;
/** The recorder starts anew for another phone, which takes 60 ms; what the call lost by that is told. */
const LOST_AT_MOST_MS = 300;

describe('a conversation that moves', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await ordinaryDay();
  });

  const expectNearlyAll = async (call: CallSummary, lengthMs: number) => {
    const { durationMs: recordedMs, missingMs, hints } = await scene.api.recording(call.recording?.id ?? '');
    expect(call.recording?.completeness).toBe('complete');
    expect(missingMs ?? 0).toBeLessThan(LOST_AT_MOST_MS);
    expect(hints).toContain('cut-by-transfer');
    expect(Math.abs((recordedMs ?? 0) - lengthMs)).toBeLessThan(TOLERANCE_MS);
  };

  it('put on hold: the time on hold is in the recording', async () => {
    const conversation = await startConversation(scene);
    const { caller, phoneCall, from } = conversation;
    await pause(1000);
    await phoneCall.hold();
    await pause(2500);
    await phoneCall.resume();
    await pause(1500);
    await endConversation(conversation);

    const call = await scene.api.filedCall(from);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'complete' });
    const { left, right } = await recordingOf(scene, call);
    const lengthMs = (await caller.ended()).at - (await caller.invited());
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(TOLERANCE_MS);
    expect(longestGapMs(toneIntervals(left, CALLER_HZ))).toBeLessThan(LOST_AT_MOST_MS);
    const spoken = toneIntervals(right, PHONE_HZ);
    expect(spoken).toHaveLength(2);
    expect(Math.abs(longestGapMs(spoken) - 2500)).toBeLessThan(500);
    const { timeline } = await scene.api.callDetail(call.id);
    const steps = timeline.map(({ event }) => event);
    expect(steps.filter((step) => ['held', 'resumed'].includes(step))).toEqual(['held', 'resumed']);
  });

  it('in which no sound came for a while: the silence has its length and its place', async () => {
    const conversation = await startConversation(scene);
    const { caller, phoneCall, from } = conversation;
    await pause(1200);
    const wentAt = Date.now();
    await Promise.all([caller.vanish(), phoneCall.vanish()]);
    await pause(3000);
    const backAt = Date.now();
    await Promise.all([caller.says({ tone: CALLER_HZ }), phoneCall.says({ tone: PHONE_HZ })]);
    await pause(1500);
    await endConversation(conversation);

    const call = await scene.api.filedCall(from);
    expect(call.recording).toMatchObject({ state: 'sealed', completeness: 'complete' });
    const { left, right } = await recordingOf(scene, call);
    const invitedAt = await caller.invited();
    const lengthMs = (await caller.ended()).at - invitedAt;
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(TOLERANCE_MS);
    const [quietMs, backMs] = [wentAt - invitedAt, backAt - invitedAt];
    for (const spoken of [toneIntervals(left, CALLER_HZ), toneIntervals(right, PHONE_HZ)]) {
      const before = spoken.findLast(({ fromMs }) => fromMs < quietMs);
      const after = spoken.find(({ toMs }) => toMs > backMs);
      expect(Math.abs((before?.toMs ?? 0) - quietMs)).toBeLessThan(TURNS_WITHIN_MS);
      expect(Math.abs((after?.fromMs ?? 0) - backMs)).toBeLessThan(TURNS_WITHIN_MS);
    }
    const { gaps, missingMs } = await scene.api.recording(call.recording?.id ?? '');
    const silent = gaps.find(({ atMs, durationMs: silentMs }) => silentMs > 2000 && atMs > quietMs - TURNS_WITHIN_MS);
    expect(silent).toMatchObject({ reason: 'no-media' });
    expect(missingMs).toBe(0);
  });

  it('transferred blindly: one call, one recording, both phones in it one after the other', async () => {
    const second = scene.town.phone('202').willAnswer({ says: { tone: SECOND_PHONE_HZ } });
    const { caller, phoneCall, from } = await startConversation(scene);
    await pause(1000);
    await phoneCall.transferTo(scene.town.extensionUri('202'));
    const secondCall = await second.rung();
    await secondCall.answered();
    await phoneCall.hangUp();
    await phoneCall.ended();
    await pause(1500);
    await caller.hangUp();
    await secondCall.ended();

    const call = await scene.api.filedCall(from);
    expect(await scene.api.searchCalls({ number: from })).toHaveLength(1);
    expect(call).toMatchObject({ outcome: 'answered', phone: { id: 'p202' }, recording: { state: 'sealed' } });
    const lengthMs = (await caller.ended()).at - (await caller.invited());
    await expectNearlyAll(call, lengthMs);
    const { left, right } = await recordingOf(scene, call);
    expect(longestGapMs(toneIntervals(left, CALLER_HZ))).toBeLessThan(LOST_AT_MOST_MS);
    // The recorder starts anew in the second phone's first moments.
    const [first, then] = [toneIntervals(right, PHONE_HZ), toneIntervals(right, SECOND_PHONE_HZ)];
    expect(totalMs(first)).toBeGreaterThan(700);
    expect(totalMs(then)).toBeGreaterThan(1200);
    expect(then[0]?.fromMs).toBeGreaterThan(first.at(-1)?.toMs ?? Infinity);
    expect((await scene.api.callDetail(call.id)).timeline.map(({ event }) => event)).toContain('transferred');
  });

  it('transferred after a word with the colleague: the caller is recorded on, the consultation is not in it', async () => {
    const colleague = scene.town.phone('203').willAnswer({ says: { tone: SECOND_PHONE_HZ } });
    const { caller, phoneCall, from } = await startConversation(scene);
    await pause(800);
    await phoneCall.hold();
    const uri = scene.town.extensionUri('203');
    const consultation = await scene.town.callFromPhone('201', '203');
    const colleagueCall = await colleague.rung();
    await colleagueCall.answered();
    await consultation.answered();
    await pause(1000);
    const transferredAt = Date.now();
    await phoneCall.transferInto(consultation, uri);
    await pause(500);
    await Promise.all([phoneCall.hangUp(), consultation.hangUp()]);
    await Promise.all([phoneCall.ended(), consultation.ended()]);
    await pause(1500);
    await caller.hangUp();
    await colleagueCall.ended();

    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({ outcome: 'answered', phone: { id: 'p203' }, recording: { state: 'sealed' } });
    const lengthMs = (await caller.ended()).at - (await caller.invited());
    await expectNearlyAll(call, lengthMs);
    const { right } = await recordingOf(scene, call);
    const movedMs = transferredAt - (await caller.invited());
    const before = slice(right, { fromMs: 0, toMs: movedMs - 100 });
    const after = slice(right, { fromMs: movedMs, toMs: lengthMs });
    expect(toneIntervals(before, SECOND_PHONE_HZ)).toEqual([]);
    expect(totalMs(toneIntervals(after, SECOND_PHONE_HZ))).toBeGreaterThan(1200);
  });
});
