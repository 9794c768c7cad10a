import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { durationMs, longestMs, otherSoundIntervals, slice, toneIntervals, totalMs } from '../../town/listen.ts';
import { promptSound } from '../../town/prompt-sound.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, stepOf, story } from './box-asterisk.ts';
import { officeAt, setStage, WARNINGS } from './stage.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const OUTSIDE = '0399990000';
const LINE = {
  inOrder: '0312340401',
  leastRecent: '0312340402',
  overflow: '0312340403',
  byTurns: '0312340404',
  onward: '0312340405',
};
const [CALLER_HZ, FIRST_HZ, SECOND_HZ] = [440, 1000, 1600];
const EXTENSIONS = ['201', '202'];

const end = { type: 'end', cause: 'no-answer' };
const line = (id: string, number: string, start: string, nodes: object) => ({
  ...{ id, name: id, trunk: 'hikari', number, flow: { start, nodes: { ...nodes, end } } },
});
const desk = (id: string, members: string[], more: object = {}) => ({
  id,
  name: id,
  members,
  ringSeconds: 12,
  ...more,
});

const office = ConfigurationDocument.parse({
  ...officeAt(place, EXTENSIONS),
  desks: [
    desk('in-order', ['p201', 'p202'], { strategy: 'in-order', memberSeconds: 5 }),
    desk('least-recent', ['p201', 'p202'], { strategy: 'least-recent', memberSeconds: 5 }),
    desk('by-turns', ['p201', 'p202'], { strategy: 'round-robin', memberSeconds: 5 }),
    desk('first', ['p201']),
    desk('second', ['p202']),
    desk('citizens', ['p201'], { notice: 'required' }),
    desk('taxes', ['p202'], { notice: 'required' }),
  ],
  notices: [{ id: 'recording', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  lines: [
    line('in-order', LINE.inOrder, 'ring', { ring: { type: 'desk', desk: 'in-order', otherwise: 'end' } }),
    line('least-recent', LINE.leastRecent, 'ring', { ring: { type: 'desk', desk: 'least-recent', otherwise: 'end' } }),
    line('by-turns', LINE.byTurns, 'ring', { ring: { type: 'desk', desk: 'by-turns', otherwise: 'end' } }),
    line('onward', LINE.onward, 'ring', {
      ring: { type: 'desk', desk: 'first', otherwise: 'ring-next' },
      'ring-next': { type: 'desk', desk: 'second', otherwise: 'outside' },
      outside: { type: 'forward', number: OUTSIDE, show: 'caller', ringSeconds: 10, otherwise: 'end' },
    }),
    line('overflow', LINE.overflow, 'announce', {
      announce: { type: 'notice', notice: 'recording', next: 'ring' },
      ring: { type: 'desk', desk: 'citizens', otherwise: 'ring-next' },
      'ring-next': { type: 'desk', desk: 'taxes', otherwise: 'outside' },
      outside: { type: 'forward', number: OUTSIDE, show: 'office', ringSeconds: 5, otherwise: 'speak' },
      speak: { type: 'message', longestSeconds: 10, silenceSeconds: 2, next: 'end' },
    }),
  ],
});

describe('desks with no backend', () => {
  const stage = setStage(place, { office, tolerates: WARNINGS });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  /** Who answers a call that nobody lets ring. */
  async function answeredBy(to: string): Promise<string> {
    const caller = await town.call({ from: NUMBER, to });
    const answered = stepOf(await told('answered'));
    // The parties hear each other a moment later.
    await pause(500);
    await caller.hangUp();
    await callOver();
    stage.nextCall();
    return answered;
  }
  const steps = (of: SpooledCall) => story(of).filter((step) => !/^(begin|recorder|fallback|accepted|left)/.test(step));

  it('a phone that sends its calls elsewhere is one that is busy: whoever calls is led nowhere by it', async () => {
    const placed = (await box.calls()).length;
    town.phone('202').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.inOrder });
    await (await town.phone('201').rung()).transferTo(town.extensionUri('110'));
    await told('answered p202');
    await caller.answered();
    await caller.hangUp();
    expect(steps(await callOver())).toEqual(['ringing in-order', 'answered p202', 'end 16 caller']);
    expect(await box.calls()).toHaveLength(placed + 1);
  });

  it('in order: the first phone always first, the next one when it does not answer or is busy', async () => {
    const [first, second] = EXTENSIONS.map((extension) => town.phone(extension).willAnswer());
    expect(await answeredBy(LINE.inOrder)).toBe('answered p201');
    expect(await answeredBy(LINE.inOrder)).toBe('answered p201');
    first?.willRingOut();
    const caller = await town.call({ from: NUMBER, to: LINE.inOrder });
    const firstCall = await town.phone('201').rung();
    const secondCall = await town.phone('202').rung(20_000);
    expect(secondCall.rungAt - firstCall.rungAt).toBeGreaterThan(4500);
    await firstCall.ended();
    await secondCall.answered();
    await caller.hangUp();
    expect(steps(await callOver())).toEqual(['ringing in-order', 'answered p202', 'end 16 caller']);
    stage.nextCall();
    first?.willRefuse('busy');
    second?.willAnswer();
    expect(await answeredBy(LINE.inOrder)).toBe('answered p202');
  });

  it('in order: phones that are not to be disturbed are asked again at no more than a caller’s pace', async () => {
    const phones = EXTENSIONS.map((extension) => town.phone(extension).willRefuse('away', 0));
    const before = phones.reduce((sum, { calls }) => sum + calls.length, 0);
    const caller = await town.call({ from: NUMBER, to: LINE.inOrder });
    await caller.ended(20_000);
    expect(steps(await callOver())).toEqual(['ringing in-order', 'unanswered in-order NOANSWER', 'end 19 box']);
    // Once each; a phone that a busy machine lets refuse after a second only counts as one that has rung.
    expect(phones.reduce((sum, { calls }) => sum + calls.length, -before)).toBeLessThan(20);
  });

  it('least recent: who has waited longest first', async () => {
    for (const extension of EXTENSIONS) town.phone(extension).willAnswer();
    const order: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      order.push(await answeredBy(LINE.leastRecent));
      // When a phone last took a call is known to the second.
      await pause(1100);
    }
    expect(new Set(order.slice(0, 2)).size).toBe(2);
    expect(order.slice(2)).toEqual(order.slice(0, 2));
  });

  it('overflows to another desk, to a number outside and to a message, and is announced once', async () => {
    for (const number of [...EXTENSIONS, OUTSIDE]) town.phone(number).willRefuse('busy');
    const caller = await town.call({ from: NUMBER, to: LINE.overflow, says: { tone: CALLER_HZ } });
    await told('message');
    await pause(2500);
    await caller.hangUp();
    expect(steps(await callOver())).toEqual([
      ...['notice recording', 'notice-ended recording', 'ringing citizens', 'unanswered citizens BUSY'],
      ...['ringing taxes', 'unanswered taxes BUSY', `forwarding outside ${OUTSIDE}`, 'not-forwarded outside BUSY'],
      ...['message speak 2', 'message-ended speak caller', 'end 16 caller'],
    ]);
  });

  it.each([
    ['in order', 'in-order', LINE.inOrder],
    ['by turns', 'by-turns', LINE.byTurns],
    ['least recent', 'least-recent', LINE.leastRecent],
  ])('%s: the phone that rings second stops when the caller hangs up', async (_, id, to) => {
    // So that it is the first phone's turn.
    await box.commands.keep('turn', id, '0');
    await box.commands.keep('answered', '201', '1');
    await box.commands.keep('answered', '202', String(Math.floor(Date.now() / 1000)));
    town.phone('201').willRefuse('busy');
    const caller = await town.call({ from: NUMBER, to, says: { tone: CALLER_HZ } });
    const second = await town.phone('202').rung();
    await caller.hangUp();
    expect((await second.ended()).sipStatus).toBe(487);
    const call = await callOver();
    expect(steps(call)).toEqual([`ringing ${id}`, expect.stringMatching(/^end \d+ caller$/)]);
    await expectWhole(box, call, { by: 'caller' });
  });

  it('takes a phone whose owner declines for one that has not answered, not for one that is not there', async () => {
    for (const extension of EXTENSIONS) town.phone(extension).willRefuse('declined', 0);
    const caller = await town.call({ from: NUMBER, to: LINE.onward });
    await told('forwarding');
    await caller.hangUp();
    expect(steps(await callOver()).slice(0, 4)).toEqual([
      ...['ringing first', 'unanswered first NOANSWER', 'ringing second', 'unanswered second NOANSWER'],
    ]);
  });

  const FIRST_BUSY = ['ringing first', 'unanswered first BUSY', 'ringing second'];
  const BOTH_BUSY = [...FIRST_BUSY, 'unanswered second BUSY', `forwarding outside ${OUTSIDE}`];

  it.each([
    { where: 'while the next desk rings', busy: ['201'], reached: '202', did: FIRST_BUSY },
    { where: 'while a number outside rings', busy: EXTENSIONS, reached: OUTSIDE, did: BOTH_BUSY },
  ])('overflows until the caller hangs up $where', async ({ busy, reached, did }) => {
    for (const extension of busy) town.phone(extension).willRefuse('busy');
    const ringing = town.phone(reached).willRingOut();
    const caller = await town.call({ from: NUMBER, to: LINE.onward, says: { tone: CALLER_HZ } });
    const last = await ringing.rung();
    await caller.hangUp();
    expect((await last.ended()).sipStatus).toBe(487);
    const call = await callOver();
    expect(steps(call)).toEqual([...did, expect.stringMatching(/^end \d+ caller$/)]);
    await expectWhole(box, call, { by: 'caller' });
  });

  it.each(['caller', 'office'] as const)('forwards to a number outside until the %s hangs up', async (by) => {
    for (const extension of EXTENSIONS) town.phone(extension).willRefuse('busy');
    const answering = town.phone(OUTSIDE).willAnswer({ says: { tone: FIRST_HZ } });
    const caller = await town.call({ from: NUMBER, to: LINE.onward, says: { tone: CALLER_HZ } });
    const outside = await answering.rung();
    await told('forwarded');
    await pause(500);
    const [leaving, staying] = by === 'caller' ? [caller, outside] : [outside, caller];
    await leaving.hangUp();
    await staying.ended();
    const call = await callOver();
    expect(steps(call)).toEqual([...BOTH_BUSY, 'forwarded outside', `end 16 ${by}`]);
    await expectWhole(box, call, { by });
  });

  it('is not announced again after a transfer within the office', async () => {
    const first = town.phone('201').willAnswer({ says: { tone: FIRST_HZ } });
    const second = town.phone('202').willAnswer({ says: { tone: SECOND_HZ } });
    const caller = await town.call({ from: NUMBER, to: LINE.overflow, says: { tone: CALLER_HZ } });
    const firstCall = await first.rung();
    await firstCall.answered();
    await pause(800);
    await firstCall.transferTo(town.extensionUri('202'));
    await (await second.rung()).answered();
    await pause(1200);
    await caller.hangUp();
    const ended = await callOver();
    expect(steps(ended).filter((step) => step.startsWith('notice'))).toEqual([
      'notice recording',
      'notice-ended recording',
    ]);
    const { right } = await readStereo(ended.recording);
    const talkFromMs = toneIntervals(right, FIRST_HZ)[0]?.fromMs ?? durationMs(right);
    const announced = otherSoundIntervals(slice(right, { fromMs: 0, toMs: talkFromMs }), [400]);
    const notice = await promptSound(box.settings.layout.asteriskPrompts, 'recording-notice-short');
    expect(totalMs(announced)).toBeGreaterThan(totalMs(notice) / 2);
    const after = slice(right, { fromMs: talkFromMs, toMs: durationMs(right) });
    expect(totalMs(toneIntervals(after, SECOND_HZ))).toBeGreaterThan(800);
    // A tone that begins or ends is another sound for a moment.
    const others = otherSoundIntervals(after, [400, FIRST_HZ, SECOND_HZ]);
    expect(longestMs(others)).toBeLessThan(longestMs(notice) / 2);
  });
});
