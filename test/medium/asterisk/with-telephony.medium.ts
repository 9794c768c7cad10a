import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ENDING_ARMED_SECONDS } from '../../../backend/src/calls/call-ending.ts';
import { CallEngine } from '../../../backend/src/calls/call-engine.service.ts';
import { RecorderWatch } from '../../../backend/src/calls/recorder-watch.service.ts';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { ConfigurationInForce } from '../../../backend/src/configuration/configuration-in-force.ts';
import { AriConnection } from '../../../backend/src/asterisk/ari-connection.ts';
import { Clock } from '../../../backend/src/platform/clock.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { otherSoundIntervals, type StereoSound, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, setStage } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';
import { expectWhole } from './whole-call.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = {
  announced: '0312345678',
  direct: '0312345679',
  long: '0312345680',
  ends: '0312345681',
  byItself: '0312345682',
};

const office: ConfigurationDocument = {
  ...officeAt(place, ['201', '202']),
  desks: [
    { id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 5 },
    {
      ...{ id: 'soon-long', name: '苦情受付', members: ['p202'], ringSeconds: 5 },
      longCalls: {
        stages: [
          { afterMinutes: 0.02, act: 'tell-staff' },
          { afterMinutes: 0.03, act: 'tell-supervisor' },
        ],
      },
    },
    {
      ...{ id: 'ends', name: '長い電話を終える窓口', members: ['p202'], ringSeconds: 5 },
      longCalls: {
        stages: [
          { afterMinutes: 0.02, act: 'announce' },
          { afterMinutes: 0.021, act: 'arm-ending' },
        ],
      },
    },
    {
      ...{ id: 'by-itself', name: '長い電話が終わる窓口', members: ['p202'], ringSeconds: 5 },
      longCalls: { stages: [{ afterMinutes: 0.02, act: 'arm-ending' }], endsByItself: true },
    },
  ],
  notices: [{ id: 'recording', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  lines: [
    {
      id: 'announced',
      name: '代表',
      trunk: 'hikari',
      number: LINE.announced,
      flow: {
        start: 'say-it',
        nodes: {
          'say-it': { type: 'notice', notice: 'recording', next: 'ring' },
          ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
          end: { type: 'end', cause: 'busy' },
        },
      },
    },
    {
      id: 'direct',
      name: '直通',
      trunk: 'hikari',
      number: LINE.direct,
      flow: {
        start: 'ring',
        nodes: {
          ring: { type: 'desk', desk: 'citizens', otherwise: 'say-sorry' },
          'say-sorry': { type: 'notice', notice: 'recording', next: 'end' },
          end: { type: 'end', cause: 'no-answer' },
        },
      },
    },
    {
      id: 'long',
      name: '苦情',
      trunk: 'hikari',
      number: LINE.long,
      flow: {
        start: 'ring',
        nodes: {
          ring: { type: 'desk', desk: 'soon-long', otherwise: 'end' },
          end: { type: 'end', cause: 'no-answer' },
        },
      },
    },
    {
      id: 'ends',
      name: '終わる',
      trunk: 'hikari',
      number: LINE.ends,
      flow: {
        start: 'ring',
        nodes: { ring: { type: 'desk', desk: 'ends', otherwise: 'end' }, end: { type: 'end', cause: 'no-answer' } },
      },
    },
    {
      id: 'by-itself',
      name: '自動終了',
      trunk: 'hikari',
      number: LINE.byItself,
      flow: {
        start: 'ring',
        nodes: {
          ring: { type: 'desk', desk: 'by-itself', otherwise: 'end' },
          end: { type: 'end', cause: 'no-answer' },
        },
      },
    },
  ],
  recordings: STANDARD_RECORDINGS,
};

/** The telephony process with no database to be found, as after a failure of Postgres. */
describe('with the telephony process and no database', () => {
  const stage = setStage(place, { office });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;
  let telephony: TelephonyUnderTest;

  beforeAll(async () => {
    ({ box, town } = stage);
    telephony = await TelephonyUnderTest.beside(stage);
  });

  const nothingLeft = () =>
    eventually('the process to hold nothing of the call', () =>
      Promise.resolve(telephony.get(CallEngine).size === 0 && telephony.get(RecorderWatch).size === 0),
    );

  it('works by the last good configuration', () => {
    expect(telephony.get(ConfigurationInForce).document).toEqual(office);
  });

  it('carries a call to its desk', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await (await phone.rung()).answered();
    await pause(500);
    await caller.hangUp();
    expect(story(await callOver())).toEqual([
      'begin',
      'recorder',
      'claimed',
      'accepted',
      'notice recording',
      'notice-ended recording',
      'ringing citizens',
      'answered p201',
      'left p201',
      'end 16 caller',
    ]);
    await nothingLeft();
  });

  it('claims a call within moments of its arrival', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    const claimed = await told('claimed');
    const begin = await told('begin');
    expect(Number(claimed.at) - Number(begin.at)).toBeLessThan(0.25);
    await caller.hangUp();
    await callOver();
  });

  it('takes a call again that its desk did not answer', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    await caller.ended(30_000);
    expect(story(await callOver())).toEqual([
      'begin',
      'recorder',
      'claimed',
      'ringing citizens',
      'unanswered citizens NOANSWER',
      'accepted',
      'notice recording',
      'notice-ended recording',
      'end 19 box',
    ]);
    await nothingLeft();
  });

  it('tells of no fault when the caller hangs up during the notice', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await told('notice');
    await pause(300);
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).slice(0, 5)).toEqual(['begin', 'recorder', 'claimed', 'accepted', 'notice recording']);
    expect(call.entries.filter(({ e }) => e === 'fault' || e === 'fallback')).toEqual([]);
    await nothingLeft();
  });

  it('journals holding and resuming', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await pause(500);
    await phoneCall.hold();
    await told('held');
    await phoneCall.resume();
    await told('resumed');
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).filter((line) => /^(held|resumed)/.test(line))).toEqual(['held p201', 'resumed p201']);
  });

  it('tells the phone alone that a call has lasted long, and the board', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.long, says: 'silence' });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await told('long-call', 2);
    await caller.hangUp();
    const call = await callOver();
    await phoneCall.ended();
    expect(story(call).filter((line) => line.startsWith('long-call'))).toEqual([
      'long-call tell-staff 0.02',
      'long-call tell-supervisor 0.03',
    ]);
    const spoken = async (sound: Promise<StereoSound>, side: keyof Pick<StereoSound, 'left' | 'right'>) =>
      totalMs(otherSoundIntervals((await sound)[side], []));
    // The sentence is two seconds long.
    expect(await spoken(phoneCall.heard(), 'left')).toBeGreaterThan(700);
    expect(await spoken(caller.heard(), 'left')).toBe(0);
    const recording = readStereo(call.recording);
    expect([await spoken(recording, 'left'), await spoken(recording, 'right')]).toEqual([0, 0]);
  });

  it('announces to both, recorded, that a call has lasted long, and has the end ready for a phone to confirm', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.ends, says: 'silence' });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await told('announcement-ended');
    await told('ending-armed');
    // Once is enough: it is armed.
    await phoneCall.sendDigits('*9');
    await caller.ended(30_000);
    const call = await callOver();
    await phoneCall.ended();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      'announcement long-call ',
      'long-call announce 0.02',
      'announcement-ended long-call whole',
      'ending-armed',
      'long-call arm-ending 0.021',
      'ending-confirmed p202',
      'announcement ending p202',
      'announcement-ended ending whole',
      'end 16 box',
    ]);
    const spoken = (sound: StereoSound, side: 'left' | 'right') => totalMs(otherSoundIntervals(sound[side], []));
    const recording = await readStereo(call.recording);
    for (const ms of [
      spoken(await caller.heard(), 'left'),
      spoken(await phoneCall.heard(), 'left'),
      spoken(recording, 'right'),
    ])
      expect(ms).toBeGreaterThan(5000);
    expect(spoken(recording, 'left')).toBe(0);
  });

  it('ends a long call with an announcement where the office has decided so, and nobody has confirmed or cancelled it', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.byItself, says: 'silence' });
    const phoneCall = await phone.rung();
    await told('long-call arm-ending');
    // As if the time had gone by in which somebody may confirm or cancel it.
    const clock = jest.spyOn(telephony.get(Clock), 'now');
    clock.mockImplementation(() => new Date(Date.now() + ENDING_ARMED_SECONDS * 1000));
    try {
      await told('ending-confirmed');
    } finally {
      clock.mockRestore();
    }
    await caller.ended(30_000);
    await phoneCall.ended();
    const call = await callOver();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      ...['ending-armed', 'long-call arm-ending 0.02', 'ending-confirmed '],
      ...['announcement ending ', 'announcement-ended ending whole', 'end 16 box'],
    ]);
    const heard = [caller.heard(), phoneCall.heard()].map(async (sound) => (await sound).left);
    for (const sound of [...heard, readStereo(call.recording).then(({ right }) => right)])
      expect(totalMs(otherSoundIntervals(await sound, []))).toBeGreaterThan(2000);
    await nothingLeft();
  });

  it('cuts the announcement of a long call short when the caller hangs up, and tells so', async () => {
    const phone = town.phone('202').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.ends });
    const phoneCall = await phone.rung();
    await told('long-call announce');
    await caller.hangUp();
    await phoneCall.ended();
    const call = await callOver();
    expect(story(call).filter((line) => /^(long-call|announcement|ending|end)/.test(line))).toEqual([
      ...['announcement long-call ', 'long-call announce 0.02', 'announcement-ended long-call cut', 'end 16 caller'],
    ]);
    await expectWhole(box, call, { by: 'caller', talked: ['p202'] });
    await nothingLeft();
  });

  it('may end and come back while a notice plays, and nobody notices', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await told('notice');
    await telephony.stop();
    await (await phone.rung(30_000)).answered();
    await telephony.start();
    await told('answered');
    await caller.hangUp();
    const steps = story(await callOver());
    expect(steps.filter((line) => /^(claimed|fallback|notice|answered)/.test(line))).toEqual([
      ...['claimed', 'notice recording', 'notice-ended recording', 'answered p201'],
    ]);
    expect(steps.at(-1)).toBe('end 16 caller');
  });

  it('ends the calls that died with Asterisk, and takes calls again as soon as it is back', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.direct });
    await (await phone.rung()).answered();
    await pause(1500);
    await box.kill();
    await caller.vanish().catch(() => undefined);
    await eventually('the loss to be noticed', () => Promise.resolve(!telephony.get(AriConnection).connected));
    await box.boot();
    await telephony.untilConnected();
    const call = await eventually(
      'the lost call to be ended',
      async () => (await box.calls()).find(({ entries }) => story({ entries } as SpooledCall).includes('end 0 lost')),
      { withinMs: 30_000 },
    );
    expect(call.entries.at(-1)).toMatchObject({ e: 'end', by: 'lost' });
    await nothingLeft();
  });
});
