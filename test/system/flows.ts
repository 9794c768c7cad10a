import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { SetScheduleSwitch } from '../../backend/src/schedules/schedule-switch.schema.ts';
import { Simulation } from '../../backend/src/routing/simulation.schema.ts';
import { CALLER_HZ, newNumber, PHONE_HZ } from '../town/conversation.ts';
import { durationMs, otherSoundIntervals, toneIntervals, totalMs } from '../town/listen.ts';
import { OFFICE, OUTSIDE } from '../town/office.ts';
import { type Caller } from '../town/party.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { eventually, pause } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

/** extensions-nodes.conf, message */
const BEEP_HZ = 1000;

describe('a flow', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await ordinaryDay();
    for (const number of ['201', '202', '203', OUTSIDE]) scene.town.phone(number).willRingOut();
  });

  async function callTo(to: string): Promise<{ from: string; caller: Caller }> {
    const from = newNumber();
    return { from, caller: await scene.town.call({ from, to, says: { tone: CALLER_HZ } }) };
  }
  const timelineOf = async (from: string) => {
    const [call] = await scene.api.searchCalls({ number: from });
    return call ? (await scene.api.callDetail(call.id)).timeline : [];
  };
  const told = (from: string, event: string) =>
    eventually(`${event} on the timeline`, async () => (await timelineOf(from)).find((entry) => entry.event === event));
  const rungPhones = (call: CallSummary) => [call.desk?.id ?? null, call.phone?.id ?? null];

  it('takes the key of a caller who does not wait for the menu’s end, to the desk that was meant', async () => {
    const phone = scene.town.phone('202').willAnswer({ says: { tone: PHONE_HZ } });
    const { from, caller } = await callTo(OFFICE.townHall);
    await told(from, 'menu');
    await pause(1500);
    const pressedAt = Date.now();
    await caller.sendDigits('1');
    const phoneCall = await phone.rung();
    // The menu alone takes longer.
    expect(phoneCall.rungAt - pressedAt).toBeLessThan(3000);
    await phoneCall.answered();
    await pause(1000);
    await caller.hangUp();
    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({ outcome: 'answered', handledBy: 'backend', callbackRequested: false });
    expect(rungPhones(call)).toEqual(['taxes', 'p202']);
    const { left, right } = await recordingOf(scene, call);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(700);
    const menu = otherSoundIntervals(right, [PHONE_HZ]);
    expect(totalMs(menu)).toBeGreaterThan(500);
    expect(menu.at(-1)?.toMs).toBeLessThan((toneIntervals(right, PHONE_HZ)[0]?.fromMs ?? 0) + 250);
    expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(1500);
    const events = (await scene.api.callDetail(call.id)).timeline.map(({ event }) => event);
    expect(events.filter((event) => /^(schedule|menu|ringing)/.test(event))).toEqual([
      'schedule',
      'menu',
      'menu-keys',
      'ringing',
    ]);
  });

  it('tells callers that the office is closed, and ends', async () => {
    const { from, caller } = await callTo(OFFICE.closed);
    await caller.ended(30_000);
    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({ outcome: 'closed', desk: null });
    expect(totalMs(otherSoundIntervals((await caller.heard()).left, [PHONE_HZ]))).toBeGreaterThan(2000);
    const schedule = (await timelineOf(from)).find(({ event }) => event === 'schedule');
    expect(schedule?.detail).toMatchObject({ schedule: 'closed', openness: 'closed-day', rule: 'week' });
  });

  it('keeps a message in the recording, and says that the caller waits for a call', async () => {
    const { from, caller } = await callTo(OFFICE.townHall);
    await told(from, 'menu');
    await caller.sendDigits('2');
    await told(from, 'message');
    await pause(3000);
    await caller.says('silence');
    await caller.ended(20_000);
    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({
      outcome: 'message',
      callbackRequested: true,
      recording: { completeness: 'complete' },
    });
    const { left, right } = await recordingOf(scene, call);
    const beep = toneIntervals(right, BEEP_HZ);
    expect(totalMs(beep)).toBeGreaterThan(250);
    const afterBeepMs = beep.at(-1)?.toMs ?? 0;
    const words = toneIntervals(left, CALLER_HZ).filter(({ toMs }) => toMs > afterBeepMs + 500);
    expect(totalMs(words)).toBeGreaterThan(2000);
    expect(durationMs(left) - (words.at(-1)?.toMs ?? 0)).toBeGreaterThan(1500);
    const ended = (await timelineOf(from)).find(({ event }) => event === 'message-ended');
    expect(ended?.detail).toMatchObject({ by: 'silence' });
  });

  it('forwards to a number outside under the office’s own number, recorded on both sides', async () => {
    const outside = scene.town.phone(OUTSIDE).willAnswer({ says: { tone: PHONE_HZ } });
    const { from, caller } = await callTo(OFFICE.townHall);
    await told(from, 'menu');
    await caller.sendDigits('3');
    const outsideCall = await outside.rung();
    await outsideCall.answered();
    await pause(1500);
    await outsideCall.hangUp();
    await caller.ended();
    expect(outsideCall.callerNumber).toBe(OFFICE.townHall);
    expect(totalMs(toneIntervals((await outsideCall.heard()).left, CALLER_HZ))).toBeGreaterThan(1000);
    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({ outcome: 'forwarded', recording: { completeness: 'complete' } });
    expect((await scene.api.callDetail(call.id)).legs.map(({ party }) => party)).toEqual(['outside', 'forward']);
    const { left, right } = await recordingOf(scene, call);
    expect(totalMs(toneIntervals(right, PHONE_HZ))).toBeGreaterThan(1000);
    expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(1000);
  });

  it('ends with the caller who hangs up in the menu', async () => {
    const { from, caller } = await callTo(OFFICE.townHall);
    await told(from, 'menu');
    await pause(500);
    await caller.hangUp();
    const call = await scene.api.filedCall(from);
    expect(call).toMatchObject({ outcome: 'abandoned', desk: null, handledBy: 'backend' });
    expect((await timelineOf(from)).slice(-2).map(({ event }) => event)).toEqual(['menu', 'end']);
  });

  it('goes by a switch by hand at once, as the simulator says beforehand', async () => {
    const simulated = async () => {
      const call = { at: new Date().toISOString(), line: 'town-hall', caller: '0901234567', keys: ['1'] };
      return await scene.api.json(Simulation, 'POST', '/routing/simulate', call);
    };
    expect((await simulated()).end).toMatchObject({ type: 'desk', node: 'ring' });
    const change = { schedule: 'open', openness: 'closed' };
    const set = await scene.api.json(SetScheduleSwitch, 'POST', '/schedule-switches', change);
    try {
      expect(set.inForce).toBe(true);
      expect((await simulated()).steps.map(({ node }) => node)).toEqual(['hours', 'say-closed', 'end']);
      const { from, caller } = await callTo(OFFICE.townHall);
      expect((await told(from, 'schedule')).detail).toMatchObject({ openness: 'closed', rule: 'switch' });
      await told(from, 'notice');
      await caller.hangUp();
      expect(await scene.api.filedCall(from)).toMatchObject({ outcome: 'closed' });
    } finally {
      await scene.api.call('POST', '/schedule-switches/end', { schedule: 'open' });
    }
    expect((await simulated()).end).toMatchObject({ type: 'desk', node: 'ring' });
  });
});
