import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesLasting } from '../sealing/pcm.ts';
import { CALL_BEGAN, ClockedRecorder } from './recorder-clock.fixture.ts';
import { type RecorderFile, recordingTimeline, type Segment, SHORTEST_GAP_MS } from './recording-timeline.ts';
import type { GapReason } from '../recording.schema.ts';

const TOLERANCE_MS = 100;
const after = (ms: number) => new Date(CALL_BEGAN + ms);
const fileOf = ({ bytes, marks }: ClockedRecorder): RecorderFile => ({ sizeBytes: bytes, marks });

function timeline(files: RecorderFile[], lengthMs: number, { lost = false, mediaFromMs = 0 } = {}) {
  const mediaFrom = after(mediaFromMs);
  return recordingTimeline(files, { beganAt: after(0), endedAt: after(lengthMs), mediaFrom, lost });
}

const lengthOf = (segment: Segment) =>
  segment.kind === 'gap' ? segment.durationMs : (segment.toByte - segment.fromByte) / bytesLasting(1);
const totalMs = (segments: readonly Segment[]) => segments.reduce((sum, segment) => sum + lengthOf(segment), 0);

/** `audio 1000`, `gap 500 no-media` and so on, lengths in ms. */
const told = (segments: readonly Segment[]) =>
  segments.map((segment) =>
    segment.kind === 'audio' ? `audio ${lengthOf(segment)}` : `gap ${segment.durationMs} ${segment.reason}`,
  );

/** @param beganMs when it was started */
function recorder(script: (recorder: ClockedRecorder) => void, beganMs = 0): ClockedRecorder {
  const one = new ClockedRecorder();
  one.quiet(beganMs);
  one.open();
  script(one);
  return one;
}

describe('the timeline of a recording', () => {
  it('is the audio alone when it came without a break', () => {
    const one = recorder((it) => {
      it.hear(500);
      it.close();
    });
    expect(told(timeline([fileOf(one)], 10_010).segments)).toEqual(['audio 10000']);
  });

  it('keeps the time before, between and after the sound at its place', () => {
    const one = recorder((it) => {
      it.quiet(1500);
      it.hear(50);
      it.quiet(4000);
      it.hear(100);
      it.quiet(700);
      it.close();
    });
    expect(told(timeline([fileOf(one)], 9210).segments)).toEqual([
      ...['gap 1500 before-media', 'audio 1000', 'gap 4000 no-media', 'audio 2000', 'gap 700 after-media'],
    ]);
  });

  it('does not take a stall that is caught up with for a gap', () => {
    const one = recorder((it) => {
      it.hear(100);
      it.hear(20, 400);
      it.hear(100);
      it.quiet(300);
      it.hear(10);
      it.close();
    });
    expect(told(timeline([fileOf(one)], 4900).segments)).toEqual(['audio 4400', 'gap 300 no-media', 'audio 200']);
  });

  it('says which time a full disk took, and another fault of it', () => {
    const one = recorder((it) => {
      it.hear(50);
      it.refused(3000);
      it.hear(50);
      it.refused(1000, 'EIO');
      it.close();
    });
    expect(told(timeline([fileOf(one)], 6000).segments)).toEqual([
      ...['audio 1000', 'gap 3000 disk-full', 'audio 1000', 'gap 1000 write-failed'],
    ]);
  });

  it('tells the pause of a recorder that is started anew from the silence after it', () => {
    const one = recorder((it) => {
      it.hear(50);
      it.close();
      it.quiet(60);
      it.open();
      it.quiet(500);
      it.hear(50);
      it.close();
    });
    expect(told(timeline([fileOf(one)], 2560).segments)).toEqual([
      ...['audio 1000', 'gap 60 recorder-restarted', 'gap 500 no-media', 'audio 1000'],
    ]);
  });

  it('ends in a gap where Asterisk was killed, and knows no frame that never reached the disk', () => {
    const one = recorder((it) => it.hear(100));
    const sizeBytes = one.bytes - bytesLasting(120) + 3;
    const { segments } = timeline([{ sizeBytes, marks: one.marks }], 2000, { lost: true });
    expect(told(segments)).toEqual(['audio 1880', 'gap 120 interrupted']);
  });

  it('says that the recorder began long after the call', () => {
    const one = recorder((it) => {
      it.quiet(300);
      it.hear(50);
      it.close();
    }, 2000);
    expect(told(timeline([fileOf(one)], 3300).segments)).toEqual([
      ...['gap 2000 recorder-failed', 'gap 300 before-media', 'audio 1000'],
    ]);
  });

  it('says that the recorder ended long before the call', () => {
    const one = recorder((it) => {
      it.hear(50);
      it.close();
    });
    expect(told(timeline([fileOf(one)], 4000).segments)).toEqual(['audio 1000', 'gap 3000 recorder-failed']);
  });

  it('stays true when somebody sets the clock during the call', () => {
    const one = recorder((it) => {
      it.hear(100);
      it.quiet(1000);
      it.hear(100);
      it.close();
    });
    const hourMs = 3_600_000;
    for (const mark of one.marks) if (mark.bytes > 0) mark.wallMs += hourMs;
    expect(told(timeline([fileOf(one)], 5000 + hourMs).segments)).toEqual([
      'audio 2000',
      'gap 1000 no-media',
      'audio 2000',
    ]);
  });

  it('goes on with what the second recorder heard after the first had stopped', () => {
    const first = recorder((it) => it.hear(100));
    const second = recorder((it) => {
      it.hear(300);
      it.close();
    }, 4500);
    const { segments } = timeline([fileOf(first), fileOf(second)], 10_500);
    expect(told(segments)).toEqual(['audio 2000', 'gap 2500 recorder-failed', 'audio 6000']);
    expect(segments.flatMap((segment) => (segment.kind === 'audio' ? [segment.file] : []))).toEqual([0, 1]);
  });

  it('is the second recorder’s when the first never wrote', () => {
    const second = recorder((it) => {
      it.hear(100);
      it.close();
    }, 3000);
    const { segments } = timeline([{ sizeBytes: 0, marks: [] }, fileOf(second)], 5000);
    expect(told(segments)).toEqual(['gap 3000 recorder-failed', 'audio 2000']);
  });

  it('is the first recorder’s alone when both heard the same', () => {
    const script = (it: ClockedRecorder) => {
      it.hear(100);
      it.quiet(2000);
      it.hear(100);
      it.close();
    };
    const [first, second] = [recorder(script), recorder(script, 30)];
    expect(told(timeline([fileOf(first), fileOf(second)], 6000).segments)).toEqual([
      ...['audio 2000', 'gap 2000 no-media', 'audio 2000'],
    ]);
  });

  it('places what came before the media, and nothing else, where there was no clock', () => {
    const found = timeline([{ sizeBytes: bytesLasting(2000), marks: [] }], 5000, { mediaFromMs: 1200 });
    expect(told(found.segments)).toEqual(['gap 1200 before-media', 'audio 2000']);
    expect(found.unplacedMs).toBe(1800);
  });
});

type Step =
  { kind: 'hear'; frames: number; lateMs: number } | { kind: 'quiet' | 'refused' | 'restart'; durationMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('hear' as const), frames: fc.integer({ min: 5, max: 400 }), lateMs: fc.nat(80) }),
  fc.record({
    kind: fc.constantFrom('quiet' as const, 'refused' as const, 'restart' as const),
    durationMs: fc.integer({ min: SHORTEST_GAP_MS, max: 20_000 }),
  }),
);
const REASON: Record<'quiet' | 'refused' | 'restart', GapReason> = {
  quiet: 'no-media',
  refused: 'disk-full',
  restart: 'recorder-restarted',
};

/** @returns where each silence really was, by reason, adjoining ones of one reason as one */
function play(one: ClockedRecorder, steps: readonly Step[]): { atMs: number; durationMs: number; reason: GapReason }[] {
  const truth: { atMs: number; durationMs: number; reason: GapReason }[] = [];
  for (const step of steps) {
    const atMs = one.nowMs;
    if (step.kind === 'hear') {
      one.hear(step.frames, step.lateMs);
      continue;
    }
    const reason = REASON[step.kind];
    if (step.kind === 'refused') one.refused(step.durationMs);
    if (step.kind === 'restart') one.close();
    if (step.kind !== 'refused') one.quiet(step.durationMs);
    if (step.kind === 'restart') one.open();
    truth.push({ atMs, durationMs: step.durationMs, reason });
  }
  return truth;
}

const WORD: Step = { kind: 'hear', frames: 10, lateMs: 0 };
/** Sound around all that is not sound, so that each gap can be told from the next. */
const calls = fc.array(step, { maxLength: 12 }).map((steps) => [WORD, ...steps.flatMap((one): Step[] => [one, WORD])]);

describe('whatever happens in a call', () => {
  it('the recording is as long as the call, has every byte once and in order, and each gap at its place', () => {
    fc.assert(
      fc.property(calls, fc.nat(3000), fc.nat(3000), (steps, beforeMs, afterMs) => {
        const one = recorder((it) => it.quiet(beforeMs));
        const truth = play(one, steps);
        one.quiet(afterMs);
        one.close();
        const { segments, unplacedMs } = timeline([fileOf(one)], one.nowMs);
        expect(unplacedMs).toBe(0);
        expect(Math.abs(totalMs(segments) - one.nowMs)).toBeLessThanOrEqual(TOLERANCE_MS);
        const audio = segments.flatMap((segment) => (segment.kind === 'audio' ? [segment] : []));
        expect(audio.reduce((from, { fromByte, toByte }) => (fromByte === from ? toByte : NaN), 0)).toBe(one.bytes);

        let atMs = 0;
        const found = segments.flatMap((segment) => {
          const from = atMs;
          atMs += lengthOf(segment);
          return segment.kind === 'gap' ? [{ ...segment, atMs: from }] : [];
        });
        for (const { atMs: trueMs, durationMs, reason } of truth) {
          if (durationMs < 2 * TOLERANCE_MS) continue;
          const match = found.find((gap) => gap.reason === reason && Math.abs(gap.atMs - trueMs) <= TOLERANCE_MS);
          expect(Math.abs((match?.durationMs ?? 0) - durationMs)).toBeLessThanOrEqual(TOLERANCE_MS);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('marks and sizes that make no sense never make a recording that is longer than call and audio', () => {
    const mark = fc.record({
      kind: fc.constantFrom('open' as const, 'at' as const, 'lost' as const, 'close' as const),
      wallMs: fc.nat(100_000).map((ms) => CALL_BEGAN + ms),
      monotonicMs: fc.nat(100_000),
      bytes: fc.nat(1_000_000),
      error: fc.constantFrom(null, 'ENOSPC'),
    });
    const anyFile = fc.record({ sizeBytes: fc.nat(1_000_000), marks: fc.array(mark) });
    fc.assert(
      fc.property(fc.array(anyFile, { maxLength: 2 }), fc.nat(100_000), fc.boolean(), (files, lengthMs, lost) => {
        const { segments } = timeline(files, lengthMs, { lost });
        const gapsMs = totalMs(segments.filter(({ kind }) => kind === 'gap'));
        for (const segment of segments) expect(lengthOf(segment)).toBeGreaterThan(0);
        expect(gapsMs).toBeLessThanOrEqual(300_000);
        for (const segment of segments)
          if (segment.kind === 'audio') expect(segment.toByte).toBeLessThanOrEqual(files[segment.file]?.sizeBytes ?? 0);
      }),
    );
  });
});
