import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallSummary } from '../../backend/src/calls/call.schema.ts';
import { soundIntervals, toneIntervals, totalMs } from '../town/listen.ts';
import { sendMalformedInvites } from '../town/malformed-sip.ts';
import { newNumber } from '../town/conversation.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { recordingOf } from '../town/recorded.ts';
import { type Scene } from '../town/scene.ts';
import { runSipp } from '../town/sipp.ts';
import { pause } from '../town/waiting.ts';
import { ordinaryDay } from './ordinary-day.ts';

describe('calls that do not go as planned', () => {
  let scene: Scene;
  let pidsBefore: Scene['box']['pids'];

  beforeAll(async () => {
    scene = await ordinaryDay();
    pidsBefore = scene.box.pids;
  });

  afterEach(() => {
    expect(scene.box.pids).toEqual(pidsBefore);
  });

  const until = async (number: string, state: CallSummary['state']) =>
    await scene.api.callWhere(`the call from ${number} to be ${state}`, { number }, (call) => call.state === state);

  describe('the caller hangs up', () => {
    it('at once, before anybody has claimed the call', async () => {
      const from = newNumber();
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      await caller.invited();
      await caller.hangUp();
      await caller.ended();
      // The call may have been too short to leave a trace; if it left one, it is a finished call.
      const normal = newNumber();
      await (await scene.town.call({ from: normal, to: OFFICE.unknown })).ended();
      await scene.api.filedCall(normal);
      for (const call of await scene.api.searchCalls({ number: from })) {
        expect(await scene.api.filedCall(from)).toMatchObject({ id: call.id, outcome: 'abandoned' });
      }
    });

    it('during the notice: abandoned, and what was heard until then is kept', async () => {
      const from = newNumber();
      const phone = scene.town.phone('201').willAnswer();
      const rungBefore = phone.calls.length;
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      await caller.answered();
      await until(from, 'announcing');
      await pause(300);
      await caller.hangUp();
      const call = await scene.api.filedCall(from);
      expect(call).toMatchObject({ outcome: 'abandoned', phone: null, recording: { completeness: 'complete' } });
      const talkedMs = (await caller.ended()).at - (await caller.invited());
      expect(Math.abs((call.recording?.durationMs ?? 0) - talkedMs)).toBeLessThan(100);
      expect(phone.calls.length).toBe(rungBefore);
    });

    it('while the phone rings: abandoned, and the phone stops ringing', async () => {
      const from = newNumber();
      const phone = scene.town.phone('201').willRingOut();
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      const ringing = await phone.rung();
      await until(from, 'ringing');
      await caller.hangUp();
      expect((await ringing.ended(3000)).sipStatus).toBe(487);
      expect(await scene.api.filedCall(from)).toMatchObject({
        outcome: 'abandoned',
        desk: { id: 'citizens' },
        phone: null,
        recording: { state: 'sealed', completeness: 'complete' },
      });
    });

    it('in the middle of the conversation: the phone is released', async () => {
      const from = newNumber();
      const phone = scene.town.phone('201').willAnswer();
      const caller = await scene.town.call({ from, to: OFFICE.citizens });
      const call = await phone.rung();
      await call.answered();
      await until(from, 'talking');
      await caller.hangUp();
      await call.ended(3000);
      expect(await scene.api.filedCall(from)).toMatchObject({
        outcome: 'answered',
        recording: { completeness: 'complete' },
      });
    });
  });

  it('the phone hangs up: the caller is released', async () => {
    const from = newNumber();
    const phone = scene.town.phone('201').willAnswer();
    const caller = await scene.town.call({ from, to: OFFICE.citizens });
    const call = await phone.rung();
    await call.answered();
    await pause(500);
    await call.hangUp();
    expect((await caller.ended(3000)).cause).toBe(16);
    const filed = await scene.api.filedCall(from);
    expect(filed).toMatchObject({ outcome: 'answered', recording: { completeness: 'complete' } });
    expect((await scene.api.callDetail(filed.id)).timeline.at(-1)).toMatchObject({ detail: { by: 'office' } });
  });

  it('every phone of the desk refuses: unanswered, and the caller is told', async () => {
    const from = newNumber();
    scene.town.phone('202').willRefuse('busy');
    scene.town.phone('203').willRefuse('declined');
    const caller = await scene.town.call({ from, to: OFFICE.taxes });
    await caller.ended();
    expect(await scene.api.filedCall(from)).toMatchObject({
      outcome: 'unanswered',
      desk: { id: 'taxes' },
      phone: null,
    });
  });

  it('nobody takes the call: it rings for as long as the desk says, then ends unanswered', async () => {
    const from = newNumber();
    const phones = ['202', '203'].map((extension) => scene.town.phone(extension).willRingOut());
    const caller = await scene.town.call({ from, to: OFFICE.taxes });
    const [first] = await Promise.all(phones.map(async (phone) => await phone.rung()));
    const { at } = await caller.ended();
    const rangMs = at - (first?.rungAt ?? 0);
    expect(rangMs).toBeGreaterThan(4800);
    expect(rangMs).toBeLessThan(6500);
    expect(await scene.api.filedCall(from)).toMatchObject({
      outcome: 'unanswered',
      recording: { state: 'sealed', completeness: 'complete' },
    });
  });

  it('one of two phones answers: the other stops ringing', async () => {
    const from = newNumber();
    const taken = scene.town.phone('202').willAnswer({ afterMs: 600 });
    const left = scene.town.phone('203').willRingOut();
    const caller = await scene.town.call({ from, to: OFFICE.taxes });
    const [answering, other] = await Promise.all([taken.rung(), left.rung()]);
    await answering.answered();
    expect((await other.ended(3000)).sipStatus).toBe(487);
    await caller.hangUp();
    expect(await scene.api.filedCall(from)).toMatchObject({ outcome: 'answered', phone: { id: 'p202' } });
  });

  it('a phone behind the business phone is rung and recorded, without a notice', async () => {
    const from = newNumber();
    const phone = scene.town.phone(PBX_PHONE).willAnswer({ says: { tone: 700 } });
    const caller = await scene.town.call({ from, to: OFFICE.library });
    const call = await phone.rung();
    expect(call.callerNumber).toBe(from);
    await call.answered();
    await pause(1000);
    await caller.hangUp();
    const filed = await scene.api.filedCall(from);
    expect(filed).toMatchObject({ outcome: 'answered', phone: { id: 'p801', name: '図書館カウンター' } });
    const { left, right } = await recordingOf(scene, filed);
    expect(totalMs(toneIntervals(right, 700))).toBeGreaterThan(700);
    expect(totalMs(toneIntervals(left, 440))).toBeGreaterThan(700);
  });

  it('a number that is no line of ours: refused, with the reason on the call', async () => {
    const from = newNumber();
    const caller = await scene.town.call({ from, to: OFFICE.unknown });
    expect((await caller.ended()).sipStatus).toBe(404);
    expect(await scene.api.filedCall(from)).toMatchObject({
      line: null,
      dialled: OFFICE.unknown,
      outcome: 'refused',
      reason: 'unknown-line',
      recording: { state: 'none', reason: 'refused' },
    });
  });

  it('not one packet from either side: the recording tells how much of the call is not in it', async () => {
    const from = newNumber();
    const phone = scene.town.phone('201').willAnswer({ says: 'nothing' });
    const caller = await scene.town.call({ from, to: OFFICE.citizens, says: 'nothing' });
    const call = await phone.rung();
    await call.answered();
    await pause(2500);
    await caller.hangUp();
    const filed = await scene.api.filedCall(from);
    expect(filed).toMatchObject({ outcome: 'answered', recording: { state: 'sealed' } });
    const { durationMs: recordedMs, missingMs } = await scene.api.recording(filed.recording?.id ?? '');
    const lengthMs = (await caller.ended()).at - (await caller.invited());
    expect(Math.abs((recordedMs ?? 0) + (missingMs ?? 0) - lengthMs)).toBeLessThan(250);
    if ((missingMs ?? 0) > 0) expect(filed.recording).toMatchObject({ completeness: 'partial', reason: 'short' });
    const { left, right } = await recordingOf(scene, filed);
    expect(soundIntervals(left)).toEqual([]);
    expect(totalMs(soundIntervals(right))).toBeGreaterThan(500);
  });

  it('a From header of 4 kB is a call like any other', async () => {
    const from = newNumber();
    scene.town.phone('201').willAnswer();
    const run = { box: { host: '127.0.0.1', port: scene.box.sipPort }, from: scene.town.addresses.carrier };
    const name = '長い名前'.repeat(342);
    const result = await runSipp({ scenario: 'short-call', ...run, to: OFFICE.citizens, caller: from, name });
    expect(result).toMatchObject({ successful: 1, failed: 0 });
    expect(await scene.api.filedCall(from)).toMatchObject({ number: from, presentation: 'shown' });
  });

  it('an offer without sound is refused, and broken requests are survived', async () => {
    const box = { host: '127.0.0.1', port: scene.box.sipPort };
    const { carrier } = scene.town.addresses;
    const run = { box, from: carrier, to: OFFICE.citizens, caller: newNumber() };
    expect(await runSipp({ scenario: 'no-such-codec', ...run })).toMatchObject({ successful: 1 });
    await sendMalformedInvites(box, carrier, OFFICE.citizens);
    expect(await runSipp({ scenario: 'refused', ...run, to: OFFICE.unknown })).toMatchObject({ successful: 1 });
  });

  it('a hundred callers who give up while it rings: all in the list, and the next call is taken', async () => {
    scene.town.phone(PBX_PHONE).willRingOut();
    const run = { box: { host: '127.0.0.1', port: scene.box.sipPort }, from: scene.town.addresses.carrier };
    const mass = { ...run, to: OFFICE.library, caller: '0905550000', calls: 100, perSecond: 20 };
    const result = await runSipp({ scenario: 'cancelled', ...mass });
    expect(result).toMatchObject({ successful: 100, failed: 0 });
    await scene.api.callWhere(
      'the last of them to be filed',
      { number: '0905550000', limit: 200 },
      ({ state }) => state === 'ended',
    );
    const from = newNumber();
    scene.town.phone(PBX_PHONE).willAnswer();
    const caller = await scene.town.call({ from, to: OFFICE.library });
    await (await scene.town.phone(PBX_PHONE).rung()).answered();
    await caller.hangUp();
    expect(await scene.api.filedCall(from)).toMatchObject({ outcome: 'answered' });
    const given = await scene.api.searchCalls({ number: '0905550000', limit: 200 });
    expect(given).toHaveLength(100);
    expect(given.every(({ outcome }) => outcome === 'abandoned')).toBe(true);
  });

  it('a withheld number stays withheld: the phone and the list show none', async () => {
    const secret = '0908765432';
    const phone = scene.town.phone('201').willAnswer();
    const caller = await scene.town.call({ from: secret, presentation: 'withheld', to: OFFICE.citizens });
    const call = await phone.rung();
    await call.answered();
    expect(call.callerNumber).not.toContain('8765432');
    await caller.hangUp();
    await caller.ended();
    const filed = await scene.api.callWhere(
      'the withheld call to be filed',
      {},
      ({ presentation, recording }) => presentation === 'withheld' && recording?.state === 'sealed',
    );
    expect(filed.number).toBeNull();
  });

  it.each(['payphone', 'unavailable'] as const)('a call without a number says why: %s', async (presentation) => {
    const caller = await scene.town.call({ from: 'anonymous', presentation, to: OFFICE.unknown });
    await caller.ended();
    const filed = await scene.api.callWhere(presentation, {}, (call) => call.presentation === presentation);
    expect(filed.number).toBeNull();
  });

  it('a caller vanishes before the call is even established: it rings, and is let go', async () => {
    const caller = newNumber();
    for (const extension of ['202', '203']) scene.town.phone(extension).willRingOut();
    const box = { host: '127.0.0.1', port: scene.box.sipPort };
    const run = { box, from: scene.town.addresses.carrier, to: OFFICE.taxes, caller };
    expect(await runSipp({ scenario: 'vanishing', ...run })).toMatchObject({ successful: 1 });
    expect(await scene.api.filedCall(caller, 60_000)).toMatchObject({ state: 'ended', outcome: 'unanswered' });
  });
});
