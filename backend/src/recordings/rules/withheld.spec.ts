import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JournalEntry } from '../../calls/journal.schema.ts';
import { bytesLasting } from '../sealing/pcm.ts';
import type { Segment } from '../spool/recording-timeline.ts';
import { withhold, withheldParts, type WithheldReason } from './withheld.ts';

const T0 = 1_780_000_000_000;
const at = (second: number) => (T0 / 1000 + second).toFixed(3);
const after = (second: number) => new Date(T0 + second * 1000);
const BEGIN: JournalEntry = {
  ...{ e: 'begin', at: at(0), direction: 'incoming', trunk: 'carrier', line: 'main', dialled: '0312345678' },
  ...{ number: '', presentation: 'withheld', channel: 'PJSIP/carrier-1' },
};
const ruled = (second: number, recordingRule: string, recording: 'always' | 'on-demand' | 'never'): JournalEntry => ({
  ...{ e: 'recording-rule', at: at(second), recordingRule, recording },
});
const answered = (second: number): JournalEntry => ({ e: 'answered', at: at(second), phone: 'p201' });
const partsOf = (...entries: JournalEntry[]) =>
  withheldParts([BEGIN, ...entries], after(60)).map(({ from, to, reason, rule }) => [
    ...[(from.getTime() - T0) / 1000, (to.getTime() - T0) / 1000],
    ...[reason, rule],
  ]);

describe('what must not be kept', () => {
  it('is nothing unless a rule says so', () => {
    expect(partsOf(answered(10))).toEqual([]);
    expect(partsOf(ruled(0, 'all', 'always'), answered(10))).toEqual([]);
  });

  it('is the whole call with its way to the first phone, when that phone is not recorded', () => {
    expect(partsOf(ruled(9, 'child', 'never'), answered(10))).toEqual([[0, 60, 'not-recorded', 'child']]);
  });

  it('is nothing of a call whose beginning alone was ruled out', () => {
    expect(partsOf(ruled(0, 'nothing', 'never'), ruled(9, 'but', 'always'), answered(10))).toEqual([]);
  });

  it('is the part with the phone that is not recorded, after a transfer', () => {
    expect(partsOf(answered(10), ruled(30, 'child', 'never'), ruled(40, 'standard', 'always'))).toEqual([
      [30, 40, 'not-recorded', 'child'],
    ]);
  });

  it('is of a call that went out only what is said after it was handed on', () => {
    const connected: JournalEntry = { e: 'connected', at: at(10), phone: 'p201', channel: 'PJSIP/carrier-2' };
    expect(partsOf(connected, ruled(30, 'child', 'never'), answered(31))).toEqual([[30, 60, 'not-recorded', 'child']]);
  });

  it('is what nobody asked for, where that is needed', () => {
    expect(partsOf(ruled(0, 'ask', 'on-demand'), answered(10))).toEqual([[0, 60, 'not-kept', 'ask']]);
    const kept: JournalEntry = { e: 'recording-kept', at: at(20), phone: 'p201' };
    expect(partsOf(ruled(0, 'ask', 'on-demand'), answered(10), kept)).toEqual([]);
    expect(partsOf(ruled(0, 'no', 'never'), answered(10), kept)).toEqual([[0, 60, 'not-recorded', 'no']]);
  });

  it('is nothing of a call in which a message is left, unless nothing of it may be kept', () => {
    const message: JournalEntry = { e: 'message', at: at(20), node: 'speak', silence: '5' };
    expect(partsOf(ruled(0, 'ask', 'on-demand'), message)).toEqual([]);
    expect(partsOf(ruled(0, 'no', 'never'), message)).toEqual([[0, 60, 'not-recorded', 'no']]);
  });

  it('is what was said while the recording was paused: until it goes on, by itself at the latest', () => {
    const paused = (second: number): JournalEntry => ({ e: 'recording-paused', at: at(second), seconds: '15' });
    const resumed = (second: number): JournalEntry => ({ e: 'recording-resumed', at: at(second), by: 'phone' });
    expect(partsOf(paused(10), resumed(12), paused(20), paused(30), resumed(50), paused(55))).toEqual([
      [10, 12, 'paused', null],
      [20, 30, 'paused', null],
      [30, 45, 'paused', null],
      [55, 60, 'paused', null],
    ]);
  });
});

const lengthMs = (segments: readonly Segment[]) =>
  segments.reduce(
    (sum, segment) => sum + (segment.kind === 'gap' ? segment.durationMs : (segment.toByte - segment.fromByte) / 32),
    0,
  );
const audio = (fromMs: number, toMs: number): Segment => ({
  ...{ kind: 'audio', file: 0, fromByte: bytesLasting(fromMs), toByte: bytesLasting(toMs) },
});

describe('withholding', () => {
  it('puts silence of the same length in the place of audio, and its reason in the place of another', () => {
    const found: Segment[] = [audio(0, 1000), { kind: 'gap', durationMs: 500, reason: 'no-media' }, audio(1000, 2000)];
    expect(withhold(found, [{ fromMs: 400, toMs: 1700, reason: 'not-recorded' }])).toEqual([
      audio(0, 400),
      { kind: 'gap', durationMs: 1300, reason: 'not-recorded' },
      audio(1200, 2000),
    ]);
  });

  it('counts the moment in which the recorder starts again to the pause', () => {
    const found: Segment[] = [
      audio(0, 1000),
      { kind: 'gap', durationMs: 5060, reason: 'recorder-restarted' },
      audio(1000, 2000),
    ];
    expect(withhold(found, [{ fromMs: 1000, toMs: 6000, reason: 'paused' }])).toEqual([
      audio(0, 1000),
      { kind: 'gap', durationMs: 5060, reason: 'paused' },
      audio(1000, 2000),
    ]);
  });

  it('keeps the length, all audio outside and none inside, whatever is withheld', () => {
    const anySegment = fc.oneof(
      fc.record({ kind: fc.constant('audio' as const), frames: fc.integer({ min: 1, max: 40_000 }) }),
      fc.record({ kind: fc.constant('gap' as const), durationMs: fc.integer({ min: 1, max: 5000 }) }),
    );
    const anyPart = fc
      .record({
        fromMs: fc.integer({ min: -1000, max: 30_000 }),
        lasting: fc.integer({ min: 1, max: 8000 }),
        reason: fc.constantFrom<WithheldReason[]>('not-recorded', 'not-kept', 'paused'),
      })
      .map(({ fromMs, lasting, reason }) => ({ fromMs, toMs: fromMs + lasting, reason }));
    fc.assert(
      fc.property(fc.array(anySegment, { maxLength: 8 }), fc.array(anyPart, { maxLength: 4 }), (shapes, parts) => {
        let byte = 0;
        const found = shapes.map((shape): Segment => {
          if (shape.kind === 'gap') return { ...shape, reason: 'no-media' };
          const fromByte = byte;
          byte += shape.frames * 4;
          return { kind: 'audio', file: 0, fromByte, toByte: byte };
        });
        const segments = withhold(found, parts);
        const ends = 2 * parts.length + 1;
        expect(Math.abs(lengthMs(segments) - lengthMs(found))).toBeLessThanOrEqual(ends);
        const inside = (ms: number) => parts.some(({ fromMs, toMs }) => fromMs < ms && ms < toMs);
        let atMs = 0;
        for (const segment of segments) {
          const length = lengthMs([segment]);
          // Where a part begins or ends within a millisecond, rounding decides.
          const middle = atMs + length / 2;
          if (length > 2 * ends + 2 && segment.kind === 'audio') expect(inside(middle)).toBe(false);
          atMs += length;
        }
        const audioMs = segments.filter(({ kind }) => kind === 'audio').map((segment) => lengthMs([segment]));
        if (parts.length === 0) expect(audioMs.reduce((a, b) => a + b, 0) * 32).toBe(byte);
      }),
    );
  });
});
