import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { ConfigurationInForce } from '../../../backend/src/configuration/configuration-in-force.ts';
import { AriConnection } from '../../../backend/src/asterisk/ari-connection.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { STANDARD_RECORDINGS } from '../../../backend/src/recordings/recording-class.schema.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { officeAt, setStage } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const LINE = { announced: '0312345678', direct: '0312345679' };

const office: ConfigurationDocument = {
  ...officeAt(place, ['201']),
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 5 }],
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
    await telephony.untilIdle();
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
    await telephony.untilIdle();
  });

  it('tells of no fault when the caller hangs up during the notice', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.announced });
    await told('notice');
    await pause(300);
    await caller.hangUp();
    const call = await callOver();
    expect(story(call).slice(0, 5)).toEqual(['begin', 'recorder', 'claimed', 'accepted', 'notice recording']);
    expect(call.entries.filter(({ e }) => e === 'fault' || e === 'fallback')).toEqual([]);
    await telephony.untilIdle();
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
    await telephony.untilIdle();
  });
});
