import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { RecordingEntity } from '../recordings/recording.entity.ts';
import type { CallEntity } from './call.entity.ts';
import { CallDetail, CallSummary } from './call.schema.ts';
import { toCallDetail, toCallSummary, toLiveCall } from './call-view.ts';
import { begin, entry, validJournal } from './journal.fixture.ts';
import type { JournalEntry } from './journal.schema.ts';
import { type NamesById, reduceJournal } from './reduce-journal.ts';

const CALL_ID = '0f0e0d0c-0b0a-4908-8706-050403020100';
const PHONES: Record<string, string> = { p201: '市民課1', p202: '市民課2' };
const names: NamesById = {
  trunk: (id) => (id === 'carrier' ? 'ひかり電話' : null),
  notice: (id) => (id === 'recording' ? '録音告知' : null),
  line: (id) => (id === 'main' ? '代表' : null),
  desk: (id) => (id === 'citizens' ? '市民課' : null),
  phone: (id) => PHONES[id] ?? null,
  schedule: (id) => (id === 'office' ? '開庁時間' : null),
  recordingRule: (id) => (id === 'no-child' ? '児童相談は録音しない' : null),
};
const nobody: NamesById = {
  trunk: () => null,
  notice: () => null,
  line: () => null,
  desk: () => null,
  phone: () => null,
  schedule: () => null,
  recordingRule: () => null,
};

const callOf = (journal: JournalEntry[], part: Partial<CallEntity> = {}): CallEntity => {
  const facts = reduceJournal(CALL_ID, journal, names);
  if (!facts) throw new Error('an empty journal');
  return { ...facts, recorder: 'stopped', journal, ...part };
};
const detailOf = (journal: JournalEntry[], now = names) => toCallDetail(callOf(journal), null, now);

const answered = [
  begin(),
  entry('recorder', 0.01, {}),
  entry('claimed', 0.1, {}),
  entry('accepted', 0.2, {}),
  entry('notice', 0.2, { notice: 'recording' }),
  entry('notice-ended', 4, { notice: 'recording' }),
  entry('ringing', 4.1, { desk: 'citizens' }),
  entry('answered', 9.1, { phone: 'p201' }),
  entry('transferred', 30, { phone: 'p201', to: 'p202' }),
  entry('end', 65.5, { cause: '16', by: 'caller' }),
];

describe('a call on the live board', () => {
  const liveOf = (...more: JournalEntry[]) => toLiveCall(callOf([...answered.slice(0, -1), ...more]), null, names);

  it('tells at which place it waits, until somebody takes it', () => {
    const parked = entry('parked', 31, { slot: '3', phone: 'p202' });
    expect(liveOf(parked).parkedAt).toBe('3');
    expect(liveOf(parked, entry('unparked', 40, { by: 'phone' })).parkedAt).toBeNull();
  });

  it('tells until when its end can be confirmed', () => {
    const armed = entry('ending-armed', 31, { phone: 'p202' });
    expect(liveOf(armed).endingArmedUntil).toBe('2025-11-21T04:41:01.000Z');
    expect(liveOf(armed, entry('ending-cancelled', 32, { phone: 'p202' })).endingArmedUntil).toBeNull();
  });

  it('tells that its recording has to be asked for, until somebody has', () => {
    const rule = (recording: 'always' | 'on-demand') =>
      entry('recording-rule', 9.2, { recordingRule: 'rule', recording });
    expect(liveOf(rule('always')).awaitsKeeping).toBe(false);
    expect(liveOf(rule('on-demand')).awaitsKeeping).toBe(true);
    expect(liveOf(rule('on-demand'), entry('recording-kept', 31, { phone: 'p202' })).awaitsKeeping).toBe(false);
  });
});

describe('a call in a list', () => {
  it('shows names as they were and times in UTC', () => {
    expect(toCallSummary(callOf(answered), null)).toMatchObject({
      number: '0901234567',
      line: { id: 'main', name: '代表' },
      desk: { id: 'citizens', name: '市民課' },
      phone: { id: 'p202', name: '市民課2' },
      state: 'ended',
      outcome: 'answered',
      startedAt: '2025-11-21T04:40:00.000Z',
      answeredAt: '2025-11-21T04:40:09.100Z',
      durationMs: 65_500,
    });
  });

  it('shows a thing without a name by its id', () => {
    expect(toCallSummary(callOf(answered, { lineName: null }), null).line).toEqual({ id: 'main', name: 'main' });
  });

  it('has no recording and no length while it is in progress', () => {
    expect(toCallSummary(callOf(answered.slice(0, 8)), null)).toMatchObject({
      state: 'talking',
      endedAt: null,
      durationMs: null,
      recording: null,
    });
  });

  it('is being sealed from the moment it ends, before the worker has said so', () => {
    expect(toCallSummary(callOf(answered), null).recording).toEqual({
      id: CALL_ID,
      state: 'sealing',
      completeness: null,
      reason: null,
      durationMs: null,
    });
  });

  it('shows of its recording what a list needs and nothing about files', () => {
    const recording = {
      id: '11111111-1111-4111-8111-111111111111',
      callId: CALL_ID,
      state: 'sealed',
      completeness: 'partial',
      reason: 'short',
      durationMs: 64_000,
      path: '2025/11/21/x.flac',
      sha256: 'ab',
    } as RecordingEntity;
    expect(toCallSummary(callOf(answered), recording).recording).toEqual({
      id: recording.id,
      state: 'sealed',
      completeness: 'partial',
      reason: 'short',
      durationMs: 64_000,
    });
  });
});

describe('the timeline of a call', () => {
  it('tells what happened when, by names, without the machinery', () => {
    const { timeline } = detailOf(answered);
    expect(timeline).toHaveLength(answered.length);
    expect(timeline[0]).toEqual({
      at: '2025-11-21T04:40:00.000Z',
      offsetMs: 0,
      event: 'begin',
      detail: {
        direction: 'incoming',
        trunk: 'carrier',
        trunkName: 'ひかり電話',
        line: 'main',
        lineName: '代表',
        dialled: '0312345678',
        presentation: 'shown',
      },
    });
    expect(timeline.find(({ event }) => event === 'transferred')).toMatchObject({
      offsetMs: 30_000,
      detail: { phone: 'p201', phoneName: '市民課1', to: 'p202', toName: '市民課2' },
    });
    const notice = { notice: 'recording', noticeName: '録音告知' };
    expect(timeline.find(({ event }) => event === 'notice')?.detail).toEqual(notice);
    expect(timeline.at(-1)?.detail).toEqual({ cause: '16', by: 'caller' });
  });

  it('keeps the names of the time of the call after a thing was renamed or removed', () => {
    const { timeline } = detailOf(answered, nobody);
    expect(timeline.find(({ event }) => event === 'ringing')?.detail).toEqual({ desk: 'citizens', deskName: '市民課' });
    expect(timeline.find(({ event }) => event === 'answered')?.detail).toEqual({ phone: 'p201' });
  });

  it('is in the order of time even where two writers crossed', () => {
    const { timeline } = detailOf([begin(), entry('accepted', 0.2, {}), entry('claimed', 0.1, {})]);
    expect(timeline.map(({ event }) => event)).toEqual(['begin', 'claimed', 'accepted']);
  });

  it('never tells the number: the call itself does, if it may', () => {
    fc.assert(
      fc.property(validJournal, (journal) => {
        expect(detailOf(journal).timeline.every(({ detail }) => !('number' in detail))).toBe(true);
      }),
    );
  });
});

describe('the legs of a call', () => {
  const START = Date.parse('2025-11-21T04:40:00.000Z');
  const secondsTo = (instant: string | null) => (instant === null ? null : (Date.parse(instant) - START) / 1000);
  const legs = (journal: JournalEntry[]) =>
    detailOf(journal).legs.map(({ phone, startedAt, endedAt }) => [
      phone?.id ?? 'outside',
      secondsTo(startedAt),
      secondsTo(endedAt),
    ]);

  it('follow a transfer', () => {
    expect(legs(answered)).toEqual([
      ['outside', 0, 65.5],
      ['p201', 9.1, 30],
      ['p202', 30, 65.5],
    ]);
  });

  it('are open while the call is', () => {
    expect(legs(answered.slice(0, 8))).toEqual([
      ['outside', 0, null],
      ['p201', 9.1, null],
    ]);
  });

  it('let a phone leave and come back', () => {
    const journal = [
      begin(),
      entry('answered', 1, { phone: 'p201' }),
      entry('left', 5, { phone: 'p201' }),
      entry('answered', 8, { phone: 'p201' }),
      entry('end', 9, { cause: '16', by: 'office' }),
    ];
    expect(legs(journal)).toEqual([
      ['outside', 0, 9],
      ['p201', 1, 5],
      ['p201', 8, 9],
    ]);
  });

  it('do not count a phone to which a call was handed on unasked, and that did not answer', () => {
    const journal = [
      begin(),
      entry('answered', 1, { phone: 'p201' }),
      entry('transferred', 2, { phone: 'p201', to: 'p202' }),
      entry('left', 2, { phone: 'p201' }),
      entry('not-reached', 20, { phone: 'p202', status: 'NOANSWER' }),
      entry('answered', 25, { phone: 'p201' }),
    ];
    expect(legs(journal).map(([who]) => who)).toEqual(['outside', 'p201', 'p201']);
  });

  it('do not count a transfer to somewhere that is no phone of ours', () => {
    const journal = [
      begin(),
      entry('answered', 1, { phone: 'p201' }),
      entry('transferred', 2, { phone: 'p201', to: '0901111' }),
    ];
    expect(legs(journal).map(([who]) => who)).toEqual(['outside', 'p201']);
  });

  it('of every journal lie within the call, end after they begin, and fit the schema', () => {
    fc.assert(
      fc.property(validJournal, (journal) => {
        const call = callOf(journal);
        const detail = CallDetail.parse(toCallDetail(call, null, names));
        expect(CallSummary.parse(toCallSummary(call, null))).toBeDefined();
        for (const { startedAt, endedAt } of detail.legs) {
          expect(endedAt !== null && startedAt <= endedAt).toBe(true);
          expect(startedAt >= detail.startedAt && (endedAt ?? '') <= (detail.endedAt ?? '')).toBe(true);
        }
      }),
    );
  });
});
