import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RecorderHealth } from '../../backend/src/calls/call.schema.ts';
import {
  CALLER_HZ,
  endConversation,
  mutuallyHeard,
  newNumber,
  PHONE_HZ,
  startConversation,
} from '../town/conversation.ts';
import {
  durationMs,
  longestGapMs,
  otherSoundIntervals,
  soundIntervals,
  toneIntervals,
  totalMs,
} from '../town/listen.ts';
import { LiveBoard } from '../town/live-board.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { type Caller } from '../town/party.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene, startScene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';

const BACKEND = ['telephony', 'api', 'worker'] as const;
/** Claiming may take 500 ms and the notice takes under 4 s. */
const NOTICE_MS = 4000;
const SLACK_MS = 1500;
const LONGEST_SILENCE_MS = 3000;
/** A machine at its limit hands Asterisk some frames too late; the recording has silence in their place. */
const STARVED_MS = 300;

describe('the backend is gone', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
  });

  afterEach(async () => {
    scene.box.kill('starter', 'SIGCONT');
    for (const name of BACKEND) if (scene.box.pids[name]) scene.box.kill(name, 'SIGCONT');
    await eventually('the box to be healthy again', healthy, { withinMs: 60_000, everyMs: 200 });
  });

  afterAll(async () => {
    await scene.stop();
  });

  const healthy = async () => {
    const { checks } = await scene.api.healthDetails();
    return ['postgres', 'asterisk', 'telephony', 'worker'].every(
      (part) => checks.find(({ checkId }) => checkId === part)?.status === 'ok',
    );
  };

  /** In all that a caller heard, from the answer on. */
  const longestSilenceMs = async (caller: Caller) => {
    const heard = soundIntervals((await caller.heard()).left);
    return Math.max(heard[0]?.fromMs ?? Infinity, longestGapMs(heard));
  };

  /** A call that is hung up as it is answered may be over before the box has told of the answer. */
  const talking = async (number: string) =>
    await scene.api.callWhere('the conversation', { number }, ({ state }) => state === 'talking', 30_000);

  const killBackend = () => {
    const killed = Object.fromEntries(BACKEND.map((name) => [name, scene.box.pids[name]]));
    for (const name of BACKEND) scene.box.kill(name, 'SIGKILL');
    return killed;
  };

  it('dead before the call: announced, rung and recorded all the same, and in the list afterwards', async () => {
    scene.box.kill('starter', 'SIGSTOP');
    const killed = killBackend();
    const conversation = await startConversation(scene);
    await pause(2000);
    await endConversation(conversation);
    const { caller, phoneCall } = conversation;
    const heardByCaller = (await caller.heard()).left;
    expect(totalMs(otherSoundIntervals(heardByCaller, [PHONE_HZ]))).toBeGreaterThan(800);
    expect(totalMs(toneIntervals(heardByCaller, PHONE_HZ))).toBeGreaterThan(1700);

    scene.box.kill('starter', 'SIGCONT');
    for (const name of BACKEND) await scene.box.restarted(name, killed[name]);
    const call = await eventually(
      'the call to be filed',
      async () => await scene.api.filedCall(conversation.from, 1000),
      { withinMs: 60_000 },
    );
    expect(call).toMatchObject({
      outcome: 'answered',
      handledBy: 'fallback',
      line: { id: 'citizens' },
      phone: { id: 'p201' },
      recording: { state: 'sealed', completeness: 'complete' },
    });
    const { left, right } = await recordingOf(scene, call);
    const lengthMs = (await caller.ended()).at - (await caller.invited());
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(100);
    expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(lengthMs - 1500);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1700);
    const connectedMs = (await phoneCall.answered()) - (await caller.invited());
    // A frame that comes late makes another sound of a tone for a moment.
    const notice = otherSoundIntervals(right, [PHONE_HZ]).filter(({ fromMs, toMs }) => toMs - fromMs > 200);
    expect(totalMs(notice)).toBeGreaterThan(800);
    expect(notice.at(-1)?.toMs).toBeLessThan(connectedMs + 250);
  });

  it('killed in the middle of a conversation: nobody notices, and there is one complete recording', async () => {
    const conversation = await startConversation(scene);
    await pause(1500);
    const killed = killBackend();
    await pause(3000);
    await endConversation(conversation);

    const heard = await mutuallyHeard(conversation);
    for (const { intervals, gapMs } of [heard.byCaller, heard.byPhone]) {
      expect(gapMs).toBe(0);
      expect(totalMs(intervals)).toBeGreaterThan(4000);
    }
    for (const name of BACKEND) await scene.box.restarted(name, killed[name]);
    await eventually('the console to answer', healthy, { withinMs: 60_000 });
    const call = await scene.api.filedCall(conversation.from, 30_000);
    expect(call).toMatchObject({ outcome: 'answered', recording: { state: 'sealed', completeness: 'complete' } });
    expect(await scene.api.searchCalls({ number: conversation.from })).toHaveLength(1);
    const { left, right } = await recordingOf(scene, call);
    expect(longestGapMs(toneIntervals(left, CALLER_HZ))).toBeLessThan(STARVED_MS);
    expect(longestGapMs(toneIntervals(right, PHONE_HZ))).toBeLessThan(STARVED_MS);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(4000);
  });

  it('telephony killed in a conversation: the live board goes on with the call, and with what was done meanwhile', async () => {
    const board = await LiveBoard.open(scene.box, scene.api);
    try {
      const from = newNumber();
      const answering = scene.town.phone(PBX_PHONE).willAnswer({ says: { tone: PHONE_HZ } });
      const caller = await scene.town.call({ from, to: OFFICE.library, says: { tone: CALLER_HZ } });
      const phoneCall = await answering.rung();
      const shown = (recorder: RecorderHealth) =>
        eventually(`the call with a recorder that is ${recorder}`, () => {
          const last = board.calls(from).at(-1);
          return Promise.resolve(last?.state === 'talking' && last.recorder === recorder && last);
        });
      const before = await shown('growing');
      const killed = scene.box.pids.telephony;
      scene.box.kill('telephony', 'SIGKILL');
      await phoneCall.sendDigits('*6');
      await scene.box.restarted('telephony', killed);
      expect(await shown('paused')).toEqual({ ...before, recorder: 'paused' });
      await phoneCall.sendDigits('*6');
      expect(await shown('growing')).toEqual(before);
      await caller.hangUp();
      await phoneCall.ended();
      const call = await scene.api.filedCall(from);
      expect(call).toMatchObject({ outcome: 'answered', recording: { completeness: 'partial', reason: 'paused' } });
    } finally {
      board.close();
    }
  });

  it('hung when the call comes in: the fallback takes it, and the next call is the backend’s again', async () => {
    scene.box.kill('telephony', 'SIGSTOP');
    const conversation = await startConversation(scene);
    const waitedMs = conversation.phoneCall.rungAt - (await conversation.caller.invited());
    expect(waitedMs).toBeLessThan(500 + NOTICE_MS + SLACK_MS);
    scene.box.kill('telephony', 'SIGCONT');
    await talking(conversation.from);
    await endConversation(conversation);
    expect(await longestSilenceMs(conversation.caller)).toBeLessThan(LONGEST_SILENCE_MS);
    expect(await scene.api.filedCall(conversation.from, 30_000)).toMatchObject({
      outcome: 'answered',
      handledBy: 'fallback',
      recording: { completeness: 'complete' },
    });
    await eventually('telephony to be at work again', healthy, { withinMs: 60_000, everyMs: 200 });
    const next = await startConversation(scene);
    await talking(next.from);
    await endConversation(next);
    expect(await scene.api.filedCall(next.from)).toMatchObject({ handledBy: 'backend' });
  });

  it('hangs during the notice: the caller goes on to the phone as if nothing had happened', async () => {
    const from = newNumber();
    const phone = scene.town.phone('201').willAnswer();
    const caller = await scene.town.call({ from, to: OFFICE.citizens });
    await scene.api.callWhere('the notice to play', { number: from }, ({ state }) => state === 'announcing');
    scene.box.kill('telephony', 'SIGSTOP');
    const hungAt = Date.now();
    const phoneCall = await phone.rung();
    expect(phoneCall.rungAt - hungAt).toBeLessThan(NOTICE_MS + SLACK_MS);
    await phoneCall.answered();
    await pause(1000);
    await caller.hangUp();
    await caller.ended();
    expect(await longestSilenceMs(caller)).toBeLessThan(LONGEST_SILENCE_MS);
    scene.box.kill('telephony', 'SIGCONT');
    const call = await scene.api.filedCall(from, 30_000);
    expect(call).toMatchObject({ outcome: 'answered', handledBy: 'backend', phone: { id: 'p201' } });
    const { timeline } = await scene.api.callDetail(call.id);
    expect(timeline.filter(({ event }) => event === 'notice')).toHaveLength(1);
    expect(totalMs(toneIntervals((await recordingOf(scene, call)).right, PHONE_HZ))).toBeGreaterThan(700);
  });
});
