import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { durationMs, otherSoundIntervals, slice, toneIntervals, totalMs } from '../../town/listen.ts';
import { promptSound } from '../../town/prompt-sound.ts';
import { readStereo } from '../../town/sound-file.ts';
import { pause } from '../../town/waiting.ts';
import { type BoxAsterisk, story } from './box-asterisk.ts';
import { officeAt, phoneAt, setStage } from './stage.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { SilentClaimer } from './silent-claimer.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = { announced: '0312345678', direct: '0312345679', empty: '0312345670' };

const office: ConfigurationDocument = {
  ...officeAt(place, []),
  pbx: { name: '主装置', host: place.pbx, port: 5060 },
  phones: [
    ...['201', '202', '203'].map((extension) => phoneAt(extension)),
    { id: 'p301', name: '税務課1', type: 'pbx', extension: '301', number: '3301' },
  ],
  desks: [
    { id: 'citizens', name: '市民課', members: ['p201', 'p301'], ringSeconds: 5 },
    { id: 'nobody', name: '空席', members: ['p203'], ringSeconds: 5 },
  ],
  notices: [{ id: 'recording', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  lines: [
    line('announced', LINE.announced, {
      start: 'say-it',
      nodes: {
        'say-it': { type: 'notice', notice: 'recording', next: 'ring' },
        ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
        end: { type: 'end', cause: 'busy' },
      },
    }),
    line('direct', LINE.direct, {
      start: 'ring',
      nodes: {
        ring: { type: 'desk', desk: 'citizens', otherwise: 'say-sorry' },
        'say-sorry': { type: 'notice', notice: 'recording', next: 'end' },
        end: { type: 'end', cause: 'normal' },
      },
    }),
    line('empty', LINE.empty, {
      start: 'ring',
      nodes: { ring: { type: 'desk', desk: 'nobody', otherwise: 'end' }, end: { type: 'end', cause: 'no-answer' } },
    }),
  ],
  recordings: STANDARD_RECORDINGS,
};

function line(id: string, number: string, flow: ConfigurationDocument['lines'][number]['flow']) {
  return { id, name: id, trunk: 'hikari', number, flow };
}

describe('with no backend', () => {
  const stage = setStage(place, { office, phones: ['201', '202'] });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let complaintsBefore = 0;

  beforeAll(() => {
    ({ box, town } = stage);
  });

  beforeEach(() => {
    complaintsBefore = box.complaints().length;
  });

  /** What has been logged since the running test began. */
  const errors = () =>
    box
      .complaints()
      .slice(complaintsBefore)
      .filter((line) => line.includes(' ERROR['));

  it('a call is announced, rung, answered and recorded on both sides', async () => {
    const phone = town.phone('201').willAnswer({ says: { tone: 1000 } });
    const caller = await town.call({ from: NUMBER, to: LINE.announced, says: { tone: 440 } });
    const phoneCall = await phone.rung();
    const talkingFrom = await phoneCall.answered();
    await pause(2000);
    await caller.hangUp();
    const talkedMs = (await caller.ended()).at - talkingFrom;
    const call = await callOver();

    expect(call.entries[0]).toMatchObject({ line: 'announced', dialled: LINE.announced, number: NUMBER });
    expect(story(call)).toEqual([
      'begin',
      'recorder',
      'fallback unclaimed',
      'accepted',
      'notice recording',
      'notice-ended recording',
      'ringing citizens',
      'answered p201',
      'left p201',
      'end 16 caller',
    ]);
    expect(phoneCall.callerNumber).toBe(NUMBER);
    expect(await caller.ringing()).toBeLessThan(await caller.answered());

    const { left, right } = await readStereo(call.recording);
    const at = (event: string) => Number(call.entries.find(({ e }) => e === event)?.at) * 1000;
    const [lengthMs, talkMs] = [at('end') - at('accepted'), at('end') - at('answered')];
    expect(Math.abs(durationMs(left) - lengthMs)).toBeLessThan(1000);
    expect(Math.abs(talkMs - talkedMs)).toBeLessThan(1000);
    expect(totalMs(toneIntervals(left, 440))).toBeGreaterThan(lengthMs - 1000);
    expect(toneIntervals(left, 1000)).toEqual([]);
    const talkFromMs = durationMs(right) - talkMs;
    const conversation = slice(right, { fromMs: talkFromMs, toMs: durationMs(right) });
    expect(totalMs(toneIntervals(conversation, 1000))).toBeGreaterThan(talkMs - 1000);
    expect(toneIntervals(conversation, 440)).toEqual([]);
    const announced = otherSoundIntervals(slice(right, { fromMs: 0, toMs: talkFromMs }), [400, 1000]);
    const notice = await promptSound(box.settings.layout.asteriskPrompts, 'recording-notice-short');
    expect(totalMs(announced)).toBeGreaterThan(totalMs(notice) / 2);
    expect(errors()).toEqual([]);
  });

  it('the caller may hang up at any step, and the journal says where', async () => {
    const ends: string[][] = [];
    const moments = [
      ...[50, 300].map((afterMs) => () => pause(afterMs)),
      ...['accepted', 'notice', 'ringing'].map((step) => () => told(step)),
    ];
    for (const moment of moments) {
      const caller = await town.call({ from: NUMBER, to: LINE.announced });
      await moment();
      await caller.hangUp();
      await caller.ended();
      ends.push(story(await callOver()));
      stage.nextCall();
    }
    for (const steps of ends) {
      expect(steps.slice(0, 2)).toEqual(['begin', 'recorder']);
      expect(steps.at(-1)).toMatch(/^end \d+ caller$/);
      expect(steps.filter((step) => step.startsWith('end'))).toHaveLength(1);
    }
    // The first moments are short: on a busy machine the call is a step further by then.
    expect(ends.map((steps) => steps.at(-2))).toEqual([
      'recorder',
      expect.stringMatching(/^(recorder|fallback unclaimed)$/),
      expect.stringMatching(/^(accepted|notice recording)$/),
      'notice recording',
      'ringing citizens',
    ]);
  });

  it('the office hangs up, and the journal says so', async () => {
    const phone = town.phone('3301').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await pause(500);
    await phoneCall.hangUp();
    await caller.ended();
    const steps = story(await callOver());
    expect(steps.slice(3)).toEqual(['ringing citizens', 'accepted', 'answered p301', 'left p301', 'end 16 office']);
  });

  it('a desk that does not answer leads on to the next node', async () => {
    town.phone('3301').willRefuse('busy');
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    await caller.ended(20_000);
    const steps = story(await callOver());
    expect(steps.slice(2)).toEqual([
      'fallback unclaimed',
      'ringing citizens',
      'unanswered citizens NOANSWER',
      'accepted',
      'notice recording',
      'notice-ended recording',
      'end 16 box',
    ]);
  });

  it('a desk without any reachable phone gives the caller its answer at once, and the log no error', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.empty });
    expect((await caller.ended()).sipStatus).toBe(480);
    const steps = story(await callOver());
    expect(steps.slice(3)).toEqual(['ringing nobody', 'unanswered nobody CHANUNAVAIL', 'end 19 box']);
    expect(errors()).toEqual([]);
  });

  it('a withheld number reaches neither the phone nor the journal', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct, presentation: 'withheld' });
    const phoneCall = await phone.rung();
    await caller.hangUp();
    const call = await callOver();
    expect(phoneCall.callerNumber).not.toContain(NUMBER);
    expect(call.entries[0]).toMatchObject({ presentation: 'withheld', number: '' });
    expect(call.text).not.toContain(NUMBER);
  });

  it('a blind transfer keeps recording and journal going', async () => {
    const first = town.phone('201').willAnswer({ says: { tone: 1000 } });
    const second = town.phone('202').willAnswer({ says: { tone: 1600 } });
    const caller = await town.call({ from: NUMBER, to: LINE.direct, says: { tone: 440 } });
    const firstCall = await first.rung();
    await firstCall.answered();
    await pause(1000);
    await firstCall.says('nothing');
    await firstCall.transferTo(town.extensionUri('202'));
    const secondCall = await second.rung();
    await secondCall.answered();
    await pause(2000);
    await secondCall.hangUp();
    await caller.ended();
    const call = await callOver();
    expect(
      story(call)
        .slice(5)
        .filter((step) => step !== 'left p201'),
    ).toEqual(['answered p201', 'transferred p201 p202', 'answered p202', 'left p202', 'end 16 office']);
    expect(story(call)).toContain('left p201');
    const { left, right } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(right, 1000))).toBeGreaterThan(700);
    expect(totalMs(toneIntervals(right, 1600))).toBeGreaterThan(1000);
    expect(totalMs(toneIntervals(left, 440))).toBeGreaterThan(2000);
  });

  it('a transfer to an extension that does not exist leaves the call where it is', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await phoneCall.says('nothing');
    await phoneCall.transferTo(town.extensionUri('999')).catch(() => undefined);
    await pause(500);
    await caller.hangUp();
    expect(story(await callOver()).slice(-3)).toEqual(['answered p201', 'left p201', 'end 16 caller']);
  });

  it('phones call each other, with a journal and without a recorder', async () => {
    const phone = town.phone('202').willAnswer();
    const caller = await town.callFromPhone('201', '202');
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await pause(500);
    await caller.hangUp();
    const call = await callOver();
    expect(call.entries[0]).toMatchObject({
      direction: 'internal',
      dialled: '202',
      number: '201',
      trunk: '',
      line: '',
    });
    expect(story(call)).toEqual([
      'begin',
      'recording-rule standard never',
      'accepted',
      'answered p202',
      'left p202',
      'end 16 caller',
    ]);
    expect(phoneCall.callerNumber).toBe('201');
  });

  it('phones reach neither lines nor unknown extensions', async () => {
    const filed = (await box.calls()).length;
    for (const number of ['999', LINE.direct]) {
      const caller = await town.callFromPhone('201', number);
      expect((await caller.ended()).sipStatus).toBe(404);
    }
    expect(await box.calls()).toHaveLength(filed);
  });

  it('a process that claims a call and then hangs holds it for no longer than the lease', async () => {
    const claimer = await SilentClaimer.start(box.settings);
    try {
      const phone = town.phone('201').willAnswer();
      const caller = await town.call({ from: NUMBER, to: LINE.direct });
      await (await phone.rung()).answered();
      await pause(500);
      expect(claimer.claimed).toBe(1);
      await caller.hangUp();
      const call = await callOver();
      expect(story(call).slice(2, 6)).toEqual([
        'fallback lease-expired',
        'ringing citizens',
        'accepted',
        'answered p201',
      ]);
      const at = (event: string) => Number(call.entries.find(({ e }) => e === event)?.at);
      expect(at('fallback') - at('begin')).toBeGreaterThan(1.9);
      expect(at('fallback') - at('begin')).toBeLessThan(3);
    } finally {
      claimer.stop();
    }
  });
});
