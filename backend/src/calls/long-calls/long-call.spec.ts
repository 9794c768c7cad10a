import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { LongCallAct, type LongCalls, STANDARD_LONG_CALLS } from '../../desks/long-calls.schema.ts';
import { testDocument } from '../doubles.fixture.ts';
import { begin, entry, validJournal } from '../journal.fixture.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { isSupervised } from './supervisor-telling.service.ts';
import { answeredAtMs, dueStages, endsNow, exemptNumbers, longCallsOf, minutesOf, noticeOf } from './long-call.ts';

const talking = [begin(), entry('ringing', 5, { desk: 'citizens' }), entry('answered', 10, { phone: 'p201' })];
const answeredMs = answeredAtMs(talking) ?? 0;
const afterMinutes = (minutes: number) => answeredMs + minutes * 60_000;
const told = (act: LongCallAct, minutes: number) =>
  entry('long-call', minutes * 60 + 10, { act, minutes: String(minutes) });
const due = (journal: JournalEntry[], minutes: number, longCalls: LongCalls = STANDARD_LONG_CALLS) =>
  dueStages(journal, longCalls, afterMinutes(minutes)).map(({ act, afterMinutes: at }) => `${act} ${at}`);

describe('a long call', () => {
  it('has nothing due before its first stage, and before anybody has answered', () => {
    expect(due(talking, 14.99)).toEqual([]);
    expect(dueStages(talking.slice(0, 2), STANDARD_LONG_CALLS, afterMinutes(600))).toEqual([]);
  });

  it('is told of after 15, 30 and 60 minutes, each time once', () => {
    expect(due(talking, 15)).toEqual(['tell-staff 15']);
    const first = [...talking, told('tell-staff', 15)];
    expect(due(first, 29)).toEqual([]);
    expect(due(first, 30)).toEqual(['tell-supervisor 30']);
    const second = [...first, told('tell-supervisor', 30)];
    expect(due(second, 60)).toEqual(['announce 60', 'arm-ending 60']);
    expect(due([...second, told('announce', 60), told('arm-ending', 60)], 600)).toEqual([]);
  });

  it('counts the time on hold and that of whoever spoke before', () => {
    const handedOn = [
      ...talking,
      entry('held', 60, { phone: 'p201' }),
      entry('transferred', 600, { phone: 'p201', to: 'p202' }),
    ];
    expect(due(handedOn, 15)).toEqual(['tell-staff 15']);
  });

  it('of which nobody knew for a while is told of once for each act, not for each stage that was missed', () => {
    const often: LongCalls = {
      stages: [5, 10, 20].map((minutes) => ({ afterMinutes: minutes, act: 'tell-staff' as const })),
    };
    expect(due(talking, 12, often)).toEqual(['tell-staff 10']);
    expect(due([...talking, told('tell-staff', 10)], 12, often)).toEqual([]);
    expect(due([...talking, told('tell-staff', 10)], 20, often)).toEqual(['tell-staff 20']);
  });

  it('hears another notice the second time', () => {
    expect(noticeOf(talking)).toBe('long-call');
    expect(noticeOf([...talking, told('announce', 60)])).toBe('long-call-second');
  });

  it('is ended by the box only where the office has decided so, and nobody has cancelled it in time', () => {
    const armed = [...talking, entry('ending-armed', 100, {})];
    const at = (seconds: number, journal: JournalEntry[], endsByItself = true) =>
      endsNow(journal, { stages: [], endsByItself }, (1_763_700_000 + seconds) * 1000);
    expect([at(129, armed), at(131, armed), at(131, armed, false)]).toEqual([false, true, false]);
    expect(at(131, [...armed, entry('ending-cancelled', 110, { user: 'somebody' })])).toBe(false);
    expect(at(131, [...armed, entry('ending-confirmed', 110, { phone: 'p201' })])).toBe(false);
    expect(at(131, [...talking, entry('ending-armed', 100, { phone: 'p201' })])).toBe(false);
    expect(at(131, talking)).toBe(false);
  });

  it('goes on being due until it is done, and never again afterwards', () => {
    const stage = fc.record({
      afterMinutes: fc.integer({ min: 1, max: 600 }),
      act: fc.constantFrom(...LongCallAct.options),
    });
    fc.assert(
      fc.property(validJournal, fc.array(stage), fc.integer({ min: 0, max: 700 }), (journal, stages, minutes) => {
        const since = answeredAtMs(journal);
        const nowMs = (since ?? 0) + minutes * 60_000;
        const found = dueStages(journal, { stages }, nowMs);
        if (since === null) expect(found).toEqual([]);
        const done = found.map((one) => entry('long-call', 0, { act: one.act, minutes: minutesOf(one) }));
        expect(dueStages([...journal, ...done], { stages }, nowMs)).toEqual([]);
        expect(new Set(found.map(({ act }) => act)).size).toBe(found.length);
      }),
    );
  });
});

describe('a conversation', () => {
  it('is supervised while a supervisor is at it', () => {
    const comes = (phone: string) => entry('supervision', 20, { mode: 'listen', phone, to: 'p201' });
    const goes = (phone: string) => entry('supervision-ended', 30, { phone });
    expect(isSupervised(talking)).toBe(false);
    expect(isSupervised([...talking, comes('p203')])).toBe(true);
    expect(isSupervised([...talking, comes('p203'), comes('p204'), goes('p203')])).toBe(true);
    expect(isSupervised([...talking, comes('p203'), goes('p203')])).toBe(false);
  });
});

describe('who may call as long as they like', () => {
  const of = (journal: JournalEntry[], longCalls?: LongCalls | null) => {
    const [desk] = testDocument.desks;
    const desks = desk ? [{ ...desk, ...(longCalls !== undefined && { longCalls }) }] : [];
    const relay = { neverBlocked: [{ name: '電話リレーサービスの利用者', number: '05012345678' }] };
    return longCallsOf(journal, { desks }, exemptNumbers(relay));
  };

  it('is nobody, unless the desk says so', () => {
    expect(of(talking)).toEqual(STANDARD_LONG_CALLS);
    expect(of(talking, null)).toBeNull();
    expect(of(talking, { stages: [] })).toEqual({ stages: [] });
  });

  it('are the emergency services, who may not be blocked, calls to no desk, and those that the office makes', () => {
    expect(of([begin({ number: '119' }), ...talking.slice(1)])).toBeNull();
    expect(of([begin({ number: '05012345678' }), ...talking.slice(1)])).toBeNull();
    expect(of([begin({ number: '05012345679' }), ...talking.slice(1)])).toEqual(STANDARD_LONG_CALLS);
    expect(of([begin(), entry('forwarded', 5, { node: 'outside' })])).toBeNull();
    expect(of([begin({ direction: 'outgoing' }), ...talking.slice(1)])).toBeNull();
  });
});
