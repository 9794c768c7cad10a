import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CallEngine } from '../../../backend/src/calls/call-engine.service.ts';
import { RecorderWatch } from '../../../backend/src/calls/recorder-watch.service.ts';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { ConfigurationInForce } from '../../../backend/src/configuration/configuration-in-force.ts';
import { AriConnection } from '../../../backend/src/asterisk/ari-connection.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { otherSoundIntervals, type StereoSound, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { Town } from '../../town/town.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';

const NETWORK = '127.40.242';
const NUMBER = '0901234567';
const SECRET = 'a-secret-for-phones';
const LINE = { announced: '0312345678', direct: '0312345679', long: '0312345680', ends: '0312345681' };

const office: ConfigurationDocument = {
  site: { id: 'hq', name: '町役場' },
  trunks: [{ id: 'hikari', name: 'ひかり電話', type: 'peer', host: `${NETWORK}.1`, port: 5060 }],
  pbx: null,
  phones: [
    { id: 'p201', name: '市民課1', type: 'sip', extension: '201', secret: SECRET },
    { id: 'p202', name: '市民課2', type: 'sip', extension: '202', secret: SECRET },
  ],
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
  ],
  recordings: STANDARD_RECORDINGS,
};

/** The telephony process with no database to be found, as after a failure of Postgres. */
describe('with the telephony process and no database', () => {
  let box: BoxAsterisk;
  let town: Town;
  let telephony: TelephonyUnderTest;
  let before = 0;

  beforeAll(async () => {
    box = await BoxAsterisk.start('127.0.0.74');
    await box.applier.apply(office);
    const phones = ['201', '202'].map((extension) => ({ extension, secret: SECRET }));
    town = await Town.start({ box: box.sip, phones, network: NETWORK });
    await eventually('the phones to register', async () => (await town.registered()).length === 2);
    telephony = new TelephonyUnderTest(box.settings);
    await telephony.start();
  });

  afterAll(async () => {
    await telephony.stop();
    await town.stop();
    await box.stop();
  });

  beforeEach(() => {
    for (const extension of ['201', '202']) town.phone(extension).willRingOut();
  });

  afterEach(async () => {
    before = (await box.calls()).length;
  });

  const callOver = (): Promise<SpooledCall> => box.endedCall(before + 1);
  const entryOf = (event: string) =>
    eventually(`journal entry ${event}`, async () => (await box.calls())[before]?.entries.find(({ e }) => e === event));
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
    const claimed = await entryOf('claimed');
    const begin = await entryOf('begin');
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
    await entryOf('notice');
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
    await entryOf('held');
    await phoneCall.resume();
    await entryOf('resumed');
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).filter((line) => /^(held|resumed)/.test(line))).toEqual(['held p201', 'resumed p201']);
  });

  it('tells the phone alone that a call has lasted long, and the board', async () => {
    const phone = town.phone('202').willAnswer({ says: 'silence' });
    const caller = await town.call({ from: NUMBER, to: LINE.long, says: 'silence' });
    const phoneCall = await phone.rung();
    await phoneCall.answered();
    await eventually('both stages', async () => {
      const told = (await box.calls())[before]?.entries.filter(({ e }) => e === 'long-call') ?? [];
      return told.length === 2;
    });
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
    await entryOf('announcement-ended');
    await entryOf('ending-armed');
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
  }, 60_000);

  it('that ends in the middle of a notice leaves the call to the dialplan, which finishes it', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await entryOf('notice');
    await telephony.stop();
    await (await phone.rung(30_000)).answered();
    await telephony.start();
    await pause(4000);
    await caller.hangUp();
    const told = story(await callOver());
    expect(told.filter((line) => /^(claimed|fallback|answered)/.test(line))).toEqual([
      'claimed',
      'fallback lease-expired',
      'answered p201',
    ]);
    expect(told.at(-1)).toBe('end 16 caller');
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
