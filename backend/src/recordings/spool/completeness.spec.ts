import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../calls/journal.schema.ts';
import {
  decideCompleteness,
  isAllThere,
  LENGTH_TOLERANCE_MS,
  recordedSpan,
  type RecordedSpan,
  NO_AUDIO,
  SHORT_FROM_MS,
  type SpoolAudio,
} from './completeness.ts';
import { bytesLasting, durationOf } from '../sealing/pcm.ts';
import { CALL_BEGAN, ClockedRecorder } from './recorder-clock.fixture.ts';

const T0 = CALL_BEGAN;
const after = (ms: number) => new Date(T0 + ms);
const at = (ms: number) => ((T0 + ms) / 1000).toFixed(3);

const spanOf = (over: Partial<RecordedSpan> = {}): RecordedSpan => ({
  ...{ beganAt: after(0), acceptedAt: after(0), endedAt: after(10_000) },
  ...{ recorderAsked: true, refused: false, lost: false, withheld: [] },
  ...over,
});
const audioOf = (sizeBytes: number | null, firstMediaAt: Date | null = null): SpoolAudio => ({
  ...{ sizeBytes, firstMediaAt },
  files: sizeBytes === null ? [] : [{ sizeBytes, marks: [] }],
});
const lasting = (ms: number, firstMediaAt: Date | null = null) => audioOf(bytesLasting(ms), firstMediaAt);

/** A recorder with a clock, which begins with the call. */
function clocked(script: (recorder: ClockedRecorder) => void): SpoolAudio {
  const one = new ClockedRecorder();
  one.open();
  script(one);
  return { sizeBytes: one.bytes, files: [{ sizeBytes: one.bytes, marks: one.marks }], firstMediaAt: null };
}

const BEGIN: JournalEntry = {
  ...{ e: 'begin', at: at(0), direction: 'incoming', trunk: 'carrier', line: 'main', dialled: '0312345678' },
  ...{ number: '0398765432', presentation: 'shown', channel: 'PJSIP/carrier-1' },
};

describe('the span of a recording', () => {
  it('reaches from the recorder to the end', () => {
    const span = recordedSpan([
      BEGIN,
      { e: 'recorder', at: at(15) },
      { e: 'accepted', at: at(520) },
      { e: 'end', at: at(9000), cause: '16', by: 'caller' },
    ]);
    expect(span).toEqual(spanOf({ beganAt: after(15), acceptedAt: after(520), endedAt: after(9000) }));
  });

  it('is not known while the call goes on', () => {
    expect(recordedSpan([BEGIN, { e: 'recorder', at: at(15) }])).toBeNull();
    expect(recordedSpan([])).toBeNull();
  });

  it('is found although something was written after the end', () => {
    const end: JournalEntry = { e: 'end', at: at(9000), cause: '16', by: 'office' };
    expect(recordedSpan([BEGIN, end, { e: 'left', at: at(9010), phone: 'p201' }])?.endedAt).toEqual(after(9000));
  });

  it('starts at the call when the recorder did not say that it started', () => {
    const span = recordedSpan([BEGIN, { e: 'end', at: at(100), cause: '1', by: 'box' }]);
    expect(span).toMatchObject({ beganAt: after(0), acceptedAt: after(0), recorderAsked: false });
  });

  it('never runs backwards when the clock does', () => {
    const span = recordedSpan([
      BEGIN,
      { e: 'recorder', at: at(0) },
      { e: 'accepted', at: at(-3000) },
      { e: 'end', at: at(-5000), cause: '16', by: 'caller' },
    ]);
    expect(span).toMatchObject({ beganAt: after(0), acceptedAt: after(0), endedAt: after(0) });
  });
});

describe('whether a recording is complete', () => {
  it('is complete when the audio is as long as the call', () => {
    expect(decideCompleteness(spanOf(), lasting(10_000))).toEqual({
      ...{ completeness: 'complete', reason: null, rule: null, leadingSilenceMs: 0, missingMs: 0, gaps: [] },
      segments: [{ kind: 'audio', file: 0, fromByte: 0, toByte: bytesLasting(10_000) }],
    });
  });

  it('puts back the silence before the box accepted the call, when nothing was sent', () => {
    const span = spanOf({ acceptedAt: after(1500) });
    expect(decideCompleteness(span, lasting(8500))).toMatchObject({
      ...{ completeness: 'complete', reason: null, leadingSilenceMs: 1500, missingMs: 0 },
      gaps: [{ atMs: 0, durationMs: 1500, reason: 'before-media' }],
    });
  });

  it('takes the growth of the file over the journal for when media began', () => {
    const span = spanOf({ acceptedAt: after(0) });
    expect(decideCompleteness(span, lasting(7000, after(3000)))).toMatchObject({
      ...{ completeness: 'complete', leadingSilenceMs: 3000 },
    });
  });

  it('puts back less silence when media flowed before the call was accepted', () => {
    const span = spanOf({ acceptedAt: after(5000) });
    expect(decideCompleteness(span, lasting(9000))).toMatchObject({ completeness: 'complete', leadingSilenceMs: 1000 });
  });

  it('tells how much is missing when it cannot be silence before the call', () => {
    const span = spanOf({ acceptedAt: after(1000) });
    expect(decideCompleteness(span, lasting(5000))).toMatchObject({
      ...{ completeness: 'partial', reason: 'clock-lost', leadingSilenceMs: 1000, missingMs: 4000 },
    });
  });

  it('bears half a second that nothing explains and no more', () => {
    expect(decideCompleteness(spanOf(), lasting(10_000 - SHORT_FROM_MS)).completeness).toBe('complete');
    expect(decideCompleteness(spanOf(), lasting(9499))).toMatchObject({ completeness: 'partial', missingMs: 501 });
  });

  it('is complete whatever time passed in which nothing came', () => {
    const audio = clocked((recorder) => {
      recorder.quiet(1000);
      recorder.hear(50);
      recorder.quiet(6000);
      recorder.hear(50);
      recorder.quiet(1000);
      recorder.close();
    });
    expect(decideCompleteness(spanOf(), audio)).toMatchObject({
      ...{ completeness: 'complete', reason: null, leadingSilenceMs: 1000, missingMs: 0 },
      gaps: [
        { atMs: 0, durationMs: 1000, reason: 'before-media' },
        { atMs: 2000, durationMs: 6000, reason: 'no-media' },
        { atMs: 9000, durationMs: 1000, reason: 'after-media' },
      ],
    });
  });

  it('says what a full disk has cost, and where', () => {
    const audio = clocked((recorder) => {
      recorder.hear(200);
      recorder.refused(2000);
      recorder.hear(200);
      recorder.close();
    });
    expect(decideCompleteness(spanOf(), audio)).toMatchObject({
      ...{ completeness: 'partial', reason: 'disk-full', missingMs: 2000 },
      gaps: [{ atMs: 4000, durationMs: 2000, reason: 'disk-full' }],
    });
  });

  it('has no audio because the disk was full from the first to the last', () => {
    const audio = clocked((recorder) => {
      recorder.refused(10_000);
      recorder.close();
    });
    expect(decideCompleteness(spanOf(), audio)).toMatchObject({ completeness: 'none', reason: 'disk-full' });
  });

  it('bears the moment in which the recorder is started anew for another phone', () => {
    const audio = clocked((recorder) => {
      recorder.hear(250);
      recorder.close();
      recorder.quiet(60);
      recorder.open();
      recorder.hear(247);
      recorder.close();
    });
    expect(decideCompleteness(spanOf(), audio)).toMatchObject({ completeness: 'complete', missingMs: 60 });
  });

  it('was not interrupted when the recorder had ended and only the end of the call went unseen', () => {
    const audio = clocked((recorder) => {
      recorder.hear(500);
      recorder.close();
    });
    expect(decideCompleteness(spanOf({ lost: true }), audio).completeness).toBe('complete');
  });

  it('keeps not a frame of what a rule forbids, although audio is placed no better than within the tolerance', () => {
    const withheld = { from: after(4000), to: after(6000) };
    const byRule = spanOf({ withheld: [{ ...withheld, reason: 'not-recorded', rule: 'child' }] });
    expect(decideCompleteness(byRule, lasting(10_000)).gaps).toEqual([
      { atMs: 3900, durationMs: 2200, reason: 'not-recorded' },
    ]);
    const paused = spanOf({ withheld: [{ ...withheld, reason: 'paused', rule: null }] });
    expect(decideCompleteness(paused, lasting(10_000)).gaps).toEqual([
      { atMs: 4000, durationMs: 2000, reason: 'paused' },
    ]);
  });

  it('has nothing against audio that is longer than the call', () => {
    expect(decideCompleteness(spanOf(), lasting(10_300))).toMatchObject({ completeness: 'complete', missingMs: 0 });
  });

  it('says that Asterisk stopped in the middle', () => {
    expect(decideCompleteness(spanOf({ lost: true }), lasting(10_000))).toMatchObject({
      ...{ completeness: 'partial', reason: 'interrupted' },
    });
  });

  it('says so too of a file that ends within a frame', () => {
    const torn = audioOf(bytesLasting(10_000) + 3);
    expect(decideCompleteness(spanOf(), torn)).toMatchObject({ completeness: 'partial', reason: 'interrupted' });
  });

  it.each([
    ['no-audio', spanOf(), lasting(0)],
    ['no-audio', spanOf(), audioOf(3)],
    ['file-missing', spanOf(), NO_AUDIO],
    ['not-recorded', spanOf({ recorderAsked: false }), NO_AUDIO],
    ['refused', spanOf({ recorderAsked: false, refused: true }), NO_AUDIO],
    ['refused', spanOf({ refused: true }), lasting(0)],
  ])('has no audio, because: %s', (reason, span, audio) => {
    expect(decideCompleteness(span, audio)).toMatchObject({ completeness: 'none', reason, leadingSilenceMs: 0 });
  });

  it('keeps audio of a call whose recorder never said that it started', () => {
    expect(decideCompleteness(spanOf({ recorderAsked: false, refused: true }), lasting(10_000)).completeness).toBe(
      'complete',
    );
  });

  const anySpan = fc
    .record({ acceptedMs: fc.nat(40_000), lengthMs: fc.nat(40_000), lost: fc.boolean(), recorderAsked: fc.boolean() })
    .map(({ acceptedMs, lengthMs, ...rest }) =>
      spanOf({ ...rest, acceptedAt: after(Math.min(acceptedMs, lengthMs)), endedAt: after(lengthMs) }),
    );
  const anyAudio = fc
    .tuple(fc.option(fc.nat(bytesLasting(45_000))), fc.option(fc.integer({ min: -2000, max: 45_000 }).map(after)))
    .map(([sizeBytes, firstMediaAt]) => audioOf(sizeBytes, firstMediaAt));

  it('always accounts for the whole call: silence before, audio, and what is missing', () => {
    fc.assert(
      fc.property(anySpan, anyAudio, (span, audio) => {
        const { leadingSilenceMs, missingMs } = decideCompleteness(span, audio);
        const audioMs = durationOf(audio.sizeBytes ?? 0);
        const spanMs = span.endedAt.getTime() - span.beganAt.getTime();
        expect(leadingSilenceMs).toBeGreaterThanOrEqual(0);
        expect(missingMs).toBeGreaterThanOrEqual(0);
        expect(Math.abs(leadingSilenceMs + audioMs + missingMs - Math.max(spanMs, audioMs))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('always has a reason unless it is complete, and then sealed audio and call have nearly the same length', () => {
    fc.assert(
      fc.property(anySpan, anyAudio, (span, audio) => {
        const { completeness, reason, leadingSilenceMs } = decideCompleteness(span, audio);
        expect(reason === null).toBe(completeness === 'complete');
        if (completeness !== 'complete') return;
        const sealedMs = leadingSilenceMs + durationOf(audio.sizeBytes ?? 0);
        const spanMs = span.endedAt.getTime() - span.beganAt.getTime();
        expect(spanMs - sealedMs).toBeLessThanOrEqual(SHORT_FROM_MS);
      }),
    );
  });

  it('waits for more of a file only while it is shorter than its call', () => {
    expect(isAllThere(spanOf(), lasting(10_000 - LENGTH_TOLERANCE_MS))).toBe(true);
    expect(isAllThere(spanOf(), lasting(10_000 - LENGTH_TOLERANCE_MS - 1))).toBe(false);
    expect(isAllThere(spanOf(), NO_AUDIO)).toBe(false);
  });
});
