import { describe, expect, it } from '@jest/globals';
import { begin, entry } from './journal.fixture.ts';
import { instantOf } from './journal.ts';
import {
  isKeptOff,
  isSuspicious,
  isSecondDue,
  measureRecorder,
  NOT_YET_MEASURED,
  RECORDER_STALLED,
  recorderFacts,
  type RecorderMeasure,
  soundExpectedFrom,
} from './recorder-health.ts';

const STEP = 32_768;
/** Looks at a file each half second. */
function watch(
  sizes: (number | null)[],
  expectedFromMs: number | null = 0,
  before = NOT_YET_MEASURED,
): RecorderMeasure {
  return sizes.reduce<RecorderMeasure>(
    (measure, size, index) => measureRecorder(measure, index * 500, size, expectedFromMs),
    before,
  );
}

describe('a recorder', () => {
  it('waits while nobody has answered, however long', () => {
    expect(watch(new Array<null>(100).fill(null), null).health).toBe('waiting');
  });

  it('waits for the first sound after the answer', () => {
    expect(watch([null, null, null, null, null]).health).toBe('waiting');
    expect(watch([null, 0, 0, 0, 0]).health).toBe('waiting');
  });

  it('stalls when there is no file 2 s after the answer', () => {
    expect(watch([null, null, null, null, null, null]).health).toBe('stalled');
  });

  it('stalls when the file is still empty 2 s after the answer', () => {
    expect(watch([null, 0, 0, 0, 0, 0]).health).toBe('stalled');
  });

  it('grows in steps of 32 KiB, a little more than a second apart', () => {
    expect(watch([0, 0, STEP, STEP, 2 * STEP, 2 * STEP, 2 * STEP, 3 * STEP]).health).toBe('growing');
  });

  it('stalls when the file has not grown for more than 2 s', () => {
    expect(watch([STEP, STEP, STEP, STEP, STEP]).health).toBe('growing');
    expect(watch([STEP, STEP, STEP, STEP, STEP, STEP]).health).toBe('stalled');
  });

  it('grows again as soon as the file does', () => {
    expect(watch([STEP, STEP, STEP, STEP, STEP, STEP, STEP, 2 * STEP]).health).toBe('growing');
  });

  it('stalls when the file has gone', () => {
    expect(watch([STEP, null, null, null, null, null, null]).health).toBe('stalled');
  });
});

describe('a recorder that is paused', () => {
  const journal = [begin(), entry('recorder', 0, {}), entry('answered', 1, { phone: 'p201' })];
  const paused = [...journal, entry('recording-paused', 10, { seconds: '60', phone: 'p201' })];
  const secondsAfter = (seconds: number) => instantOf(begin()).getTime() + seconds * 1000;
  const grown = { sizeBytes: 1000, grewAtMs: secondsAfter(10), health: 'growing' } as const;
  const healthAt = (seconds: number, entries = paused) =>
    measureRecorder(grown, secondsAfter(seconds), 1000, soundExpectedFrom(entries)).health;

  it('is not expected to write until the pause is over, and then is', () => {
    expect(healthAt(30, journal)).toBe('stalled');
    expect([11, 30, 69].map((seconds) => healthAt(seconds))).toEqual(['paused', 'paused', 'paused']);
    expect(isSuspicious(grown, secondsAfter(69), soundExpectedFrom(paused))).toBe(false);
    expect(healthAt(71)).toBe('growing');
    expect(healthAt(73)).toBe('stalled');
  });

  it('is expected to write as soon as somebody ends the pause', () => {
    const resumed = [...paused, entry('recording-resumed', 20, { by: 'phone' as const })];
    expect(healthAt(21, resumed)).toBe('growing');
    expect(healthAt(23, resumed)).toBe('stalled');
  });

  it('is none where a rule says so', () => {
    const never = entry('recording-rule', 0, { recordingRule: 'child', recording: 'never' });
    expect(isKeptOff([begin(), never])).toBe(true);
    expect(isKeptOff([...journal, never])).toBe(false);
    expect(isKeptOff([begin()])).toBe(false);
  });
});

describe('the journal tells of a recorder', () => {
  it('on which channel it is, and whether it has failed before', () => {
    expect(recorderFacts([begin(), entry('recorder', 0, {})])).toEqual({
      ...{ channelId: 'PJSIP/trunk-carrier-00000001', expectedFromMs: null, hasSecond: false },
    });
    const fault = entry('fault', 3, { reason: RECORDER_STALLED });
    expect(recorderFacts([begin(), entry('recorder', 0, {}), fault]).hasSecond).toBe(true);
  });
});

describe('sound is expected', () => {
  it('from the answer of the box or of a phone on, whichever is first', () => {
    const recorder = entry('recorder', 0, {});
    const answered = entry('answered', 9, { phone: 'p201' });
    expect(soundExpectedFrom([begin(), recorder])).toBeNull();
    expect(soundExpectedFrom([begin(), recorder, answered])).toBe(1_763_700_009_000);
    expect(soundExpectedFrom([begin(), recorder, entry('accepted', 2, {}), answered])).toBe(1_763_700_002_000);
  });

  it('never of a call that is not recorded', () => {
    expect(soundExpectedFrom([begin(), entry('answered', 9, { phone: 'p201' })])).toBeNull();
  });
});

describe('a second recorder', () => {
  it('is started at once, tried again ever later, and not for ever', () => {
    let tries = { count: 0, lastMs: 0 };
    const startedAt: number[] = [];
    for (let nowMs = 0; nowMs < 600_000; nowMs += 500) {
      if (!isSecondDue(tries, nowMs)) continue;
      startedAt.push(nowMs);
      tries = { count: tries.count + 1, lastMs: nowMs };
    }
    expect(startedAt).toEqual([0, 3000, 9000, 21_000, 45_000]);
  });
});
