import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { WEEKDAYS } from '../../../backend/src/schedules/schedule.schema.ts';
import { longestGapMs, soundIntervals, toneIntervals, totalMs } from '../../town/listen.ts';
import type { Caller } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import { readStereo } from '../../town/sound-file.ts';
import type { Town } from '../../town/town.ts';
import { eventually, pause } from '../../town/waiting.ts';
import { type BoxAsterisk, type SpooledCall, story } from './box-asterisk.ts';
import { CutLine } from './cut-line.ts';
import { SilentClaimer } from './silent-claimer.ts';
import { officeAt, setStage } from './stage.ts';
import { TelephonyUnderTest } from './telephony-under-test.ts';

const place = await Place.claim();
const LINE = '0312345901';
const [CALLER_HZ, PHONE_HZ] = [440, 1000];
/** One call after the other, so that each is at another step when the process fails. */
const CALLS = 5;
const APART_MS = 350;
const LONGEST_SILENCE_MS = 3000;
const TALK_MS = 1500;
const WALK = [
  ...['accepted', 'notice short', 'notice-ended short', 'schedule always open week'],
  ...['ringing citizens', 'answered p201', 'left p201'],
];
const NOTICE_BYTES = 1.2 * 16_000;

const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201']),
  desks: [{ id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 30 }],
  notices: [{ id: 'short', name: '録音告知', text: '録音されます。', audio: 'recording-notice-short' }],
  schedules: [alwaysOpen()],
  lines: [
    {
      ...{ id: 'main', name: '代表', trunk: 'hikari', number: LINE },
      flow: {
        start: 'say-it',
        nodes: {
          'say-it': { type: 'notice', notice: 'short', next: 'hours' },
          hours: { type: 'schedule', schedule: 'always', open: 'ring', closed: 'end' },
          ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
          end: { type: 'end', cause: 'no-answer' },
        },
      },
    },
  ],
});

function alwaysOpen() {
  const week = Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, [{ from: '00:00', to: '24:00' }]]));
  return { id: 'always', name: '常時', week, closedOnNationalHolidays: false, closedAtTurnOfYear: false };
}

describe('a telephony process that is slow or hangs', () => {
  const stage = setStage(place, { office });
  let box: BoxAsterisk;
  let town: Town;
  let telephony: TelephonyUnderTest;
  let ari: CutLine;
  let before = 0;
  let stopFailing: () => void | Promise<void> = () => undefined;

  beforeAll(async () => {
    ({ box, town } = stage);
    await truncate(join(box.settings.layout.asteriskPrompts, 'recording-notice-short.sln'), NOTICE_BYTES);
    ari = await CutLine.to(box.settings.endpoints.ariPort);
    stage.alsoEnds(() => ari.stop());
    telephony = await TelephonyUnderTest.beside(stage, { ariPort: ari.port });
  });
  beforeEach(async () => {
    before = (await box.calls()).length;
    town.phone('201').willAnswer({ says: { tone: PHONE_HZ } });
  });
  afterEach(async () => {
    await stopFailing();
    ari.restore();
    await telephony.untilConnected();
  });

  async function callsInTurn(): Promise<Caller[]> {
    const callers: Caller[] = [];
    for (let count = 0; count < CALLS; count += 1) {
      if (count > 0) await pause(APART_MS);
      callers.push(await town.call({ from: `090123400${count}`, to: LINE, says: { tone: CALLER_HZ } }));
    }
    return callers;
  }
  const these = async (): Promise<SpooledCall[]> => (await box.calls()).slice(before);
  const all = (what: string, is: (call: SpooledCall) => boolean) =>
    eventually(
      `${what} of all calls`,
      async () => {
        const calls = await these();
        if (calls.length === CALLS + 1 && calls.every(is)) return calls;
        throw new Error(calls.map((call) => story(call).join(', ')).join('\n'));
      },
      { withinMs: 25_000 },
    );
  const tells = (event: string) => (call: SpooledCall) => call.entries.some(({ e }) => e === event);

  async function claimAndHang(): Promise<() => void> {
    ari.freeze();
    const claimer = await SilentClaimer.start(box.settings);
    return () => claimer.stop();
  }
  function hearLate(): () => void {
    ari.slowDown(1500);
    return () => undefined;
  }
  /** As a process does that is stopped and continued (SIGSTOP, SIGCONT), or a machine out of breath. */
  function stall(): () => void {
    let stalled = false;
    const timer = setInterval(() => ari.slowDown((stalled = !stalled) ? 900 : 0), 400);
    return () => clearInterval(timer);
  }

  it.each([
    ['claims calls and then hangs', claimAndHang],
    ['hears and says everything 1.5 s late', hearLate],
    ['stalls again and again', stall],
  ])(
    '%s: at no step does a caller hear nothing for 3 s, and all of them talk',
    async (_, fail) => {
      const callers = await callsInTurn();
      stopFailing = await fail();
      const late = await town.call({ from: '0901234999', to: LINE, says: { tone: CALLER_HZ } });
      callers.push(late);
      await all('an answer', tells('answered'));
      await pause(TALK_MS);
      for (const caller of callers) await caller.hangUp();
      const calls = await all('the end', tells('end'));
      for (const call of calls) {
        const steps = story(call);
        expect(steps.at(-1)).toBe('end 16 caller');
        expect(steps.filter((step) => !/^(begin|recorder|claimed|fallback|end)/.test(step))).toEqual(WALK);
        const taken = steps.findIndex((step) => step.startsWith('fallback'));
        expect(steps.slice(taken + 1)).not.toContain('claimed');
        const { left } = await readStereo(call.recording);
        expect(totalMs(toneIntervals(left, CALLER_HZ))).toBeGreaterThan(TALK_MS);
      }
      for (const caller of callers) {
        const { left } = await caller.heard();
        const heard = soundIntervals(left);
        const silences = [heard[0]?.fromMs ?? Infinity, longestGapMs(heard)];
        expect(Math.max(...silences)).toBeLessThan(LONGEST_SILENCE_MS);
        expect(totalMs(toneIntervals(left, PHONE_HZ))).toBeGreaterThan(TALK_MS - 700);
      }
    },
    60_000,
  );
});
