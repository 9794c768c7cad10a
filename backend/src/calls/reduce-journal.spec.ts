import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { begin, entry, validJournal } from './journal.fixture.ts';
import type { JournalEntry } from './journal.schema.ts';
import { type NamesById, reduceJournal } from './reduce-journal.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const PHONES: Record<string, string> = { p201: '市民課1', p202: '市民課2' };
const names: NamesById = {
  trunk: () => null,
  notice: () => null,
  line: (id) => (id === 'main' ? '代表' : null),
  desk: (id) => (id === 'citizens' ? '市民課' : null),
  phone: (id) => PHONES[id] ?? null,
  schedule: () => null,
  recordingRule: () => null,
};
const reduce = (...entries: JournalEntry[]) => {
  const facts = reduceJournal(CALL, entries, names);
  if (!facts) throw new Error('nothing reduced');
  return facts;
};

const recorder = entry('recorder', 0, {});
const claimed = entry('claimed', 0.05, {});
const accepted = entry('accepted', 0.1, {});
const notice = entry('notice', 0.2, { notice: 'recording' });
const noticeEnded = entry('notice-ended', 5, { notice: 'recording' });
const ringing = entry('ringing', 5.1, { desk: 'citizens' });
const answered = entry('answered', 9, { phone: 'p201' });
const unanswered = (status: string) => entry('unanswered', 65, { desk: 'citizens', status });
const end = (by: 'caller' | 'office' | 'box' | 'lost', cause = '16') => entry('end', 70, { cause, by });
const fault = entry('fault', 1, { reason: 'playback-failed' });

describe('a journal', () => {
  it('without a line says nothing', () => {
    expect(reduceJournal(CALL, [], names)).toBeNull();
  });

  it('of an answered call gives the whole row', () => {
    const facts = reduce(begin(), recorder, claimed, accepted, notice, noticeEnded, ringing, answered, end('caller'));
    expect(facts).toEqual({
      id: CALL,
      direction: 'incoming',
      number: '0901234567',
      presentation: 'shown',
      trunkId: 'carrier',
      lineId: 'main',
      lineName: '代表',
      dialled: '0312345678',
      deskId: 'citizens',
      deskName: '市民課',
      phoneId: 'p201',
      phoneName: '市民課1',
      state: 'ended',
      outcome: 'answered',
      reason: null,
      blockRuleId: null,
      blockAction: null,
      startedAt: new Date(1_763_700_000_000),
      callbackRequested: false,
      marked: false,
      emergency: false,
      answeredAt: new Date(1_763_700_009_000),
      endedAt: new Date(1_763_700_070_000),
      handledBy: 'backend',
      endCause: 16,
      endedBy: 'caller',
      journalLines: 9,
    });
  });

  it('whose first line was lost still shows that there was a call', () => {
    const facts = reduce(entry('fault', 3, { reason: 'journal-malformed' }), accepted);
    expect(facts).toMatchObject({
      startedAt: new Date(1_763_700_003_000),
      presentation: 'unavailable',
      reason: 'journal-malformed',
    });
  });

  it('tells the rule that has caught the call, and what became of it', () => {
    const rule = '5e1f3a52-0000-4000-8000-000000000001';
    const caught = (action: string) => entry('blocked', 1, { rule, action });
    const refused = reduce(begin(), caught('refuse'), entry('refused', 1, { reason: 'blocked' }), end('box', '21'));
    expect(refused).toMatchObject({ outcome: 'refused', reason: 'blocked', blockRuleId: rule, blockAction: 'refuse' });
    const marked = reduce(begin(), caught('flag'), ringing, answered, end('caller'));
    expect(marked).toMatchObject({ outcome: 'answered', reason: null, blockRuleId: rule, blockAction: 'flag' });
    expect(reduce(begin(), caught('unheard-of'))).toMatchObject({ blockRuleId: null, blockAction: null });
  });

  it('never ends a call before it began', () => {
    expect(reduce(begin(), entry('end', -20, { cause: '0', by: 'lost' })).endedAt).toEqual(new Date(1_763_700_000_000));
  });

  it('with a cause that is no number has no cause', () => {
    expect(reduce(begin(), end('box', '')).endCause).toBeNull();
  });
});

describe('a message', () => {
  const message = entry('message', 10, { node: 'speak', silence: '5' });
  const messageEnded = (seconds: number, by: 'key' | 'silence' | 'caller') =>
    entry('message-ended', seconds, { node: 'speak', by });

  it.each([
    ['of some words, ended by a key', [message, messageEnded(14, 'key')], true],
    ['of some words, ended by silence', [message, messageEnded(18, 'silence')], true],
    ['that is only the silence that ended it', [message, messageEnded(15.2, 'silence')], false],
    ['of a breath', [message, messageEnded(11, 'caller')], false],
    ['cut off with the box', [message], true],
  ])('%s: the caller waits to be called back = %s', (_, entries, waits) => {
    const facts = reduce(begin(), accepted, ...entries, end('caller'));
    expect(facts.callbackRequested).toBe(waits);
    expect(facts.outcome === 'message').toBe(waits);
  });

  it('needs no call back when somebody has spoken with the caller', () => {
    const facts = reduce(begin(), accepted, message, messageEnded(20, 'key'), ringing, answered, end('caller'));
    expect(facts).toMatchObject({ outcome: 'answered', callbackRequested: false });
  });

  it('is not settled while the call is in progress', () => {
    expect(reduce(begin(), accepted, message)).toMatchObject({ state: 'announcing', callbackRequested: false });
  });
});

describe('a call that no desk took', () => {
  const schedule = (openness: string) => entry('schedule', 1, { schedule: 'office', openness, rule: 'week' });

  it('was closed to when the office was, whoever hung up', () => {
    expect(reduce(begin(), accepted, schedule('closed'), notice, end('box')).outcome).toBe('closed');
    expect(reduce(begin(), accepted, schedule('closed-day'), notice, end('caller')).outcome).toBe('closed');
    expect(reduce(begin(), accepted, schedule('open'), notice, end('caller')).outcome).toBe('abandoned');
  });

  it('was forwarded when somebody outside answered', () => {
    const forwarding = entry('forwarding', 2, { node: 'outside', to: '0398765432' });
    const forwarded = entry('forwarded', 6, { node: 'outside' });
    expect(reduce(begin(), forwarding)).toMatchObject({ state: 'ringing' });
    expect(reduce(begin(), forwarding, forwarded, end('office'))).toMatchObject({
      outcome: 'forwarded',
      answeredAt: new Date(1_763_700_006_000),
    });
    const notForwarded = entry('not-forwarded', 30, { node: 'outside', status: 'NOANSWER' });
    expect(reduce(begin(), forwarding, notForwarded, end('box')).outcome).toBe('unanswered');
  });
});

describe('the number of the outside party', () => {
  it.each(['withheld', 'payphone', 'unavailable'] as const)('is not kept when %s', (presentation) => {
    expect(reduce(begin({ presentation, number: '0901234567' })).number).toBeNull();
  });

  it.each([
    ['+81312345678', '0312345678'],
    ['+12025550100', '+12025550100'],
    ['0312345678', '0312345678'],
  ])('%s is kept as %s', (number, kept) => {
    expect(reduce(begin({ number })).number).toBe(kept);
  });

  it.each(['', 'anonymous', '+', '03-1234'])('is not known from "%s"', (number) => {
    expect(reduce(begin({ number })).number).toBeNull();
  });
});

describe('the state of a call', () => {
  it.each<[string, JournalEntry[]]>([
    ['arriving', [begin(), recorder, claimed, accepted]],
    ['announcing', [begin(), recorder, claimed, accepted, notice]],
    ['announcing', [begin(), recorder, claimed, accepted, notice, noticeEnded]],
    ['ringing', [begin(), recorder, claimed, accepted, notice, noticeEnded, ringing]],
    ['talking', [begin(), recorder, ringing, answered]],
    ['talking', [begin(), recorder, ringing, answered, entry('held', 10, { phone: 'p201' })]],
    ['arriving', [begin(), recorder, ringing, unanswered('NOANSWER')]],
    ['ended', [begin(), recorder, ringing, answered, end('caller')]],
  ])('is %s', (state, entries) => {
    expect(reduce(...entries).state).toBe(state);
  });

  it('stays ended when a late line follows', () => {
    expect(reduce(begin(), end('caller'), ringing, answered).state).toBe('ended');
  });
});

describe('the outcome of a call', () => {
  it('is open while the call is in progress', () => {
    expect(reduce(begin(), recorder, ringing, answered).outcome).toBeNull();
  });

  it.each<[string, string, JournalEntry[]]>([
    ['answered', 'the office hangs up', [ringing, answered, end('office')]],
    ['answered', 'it was lost after the answer', [ringing, answered, end('lost')]],
    ['unanswered', 'nobody takes it', [ringing, unanswered('NOANSWER'), end('box', '19')]],
    ['unanswered', 'the caller leaves after it rang out', [ringing, unanswered('NOANSWER'), notice, end('caller')]],
    ['unanswered', 'the box ends it while it rings', [ringing, end('box')]],
    ['unanswered', 'the flow only announces something', [notice, noticeEnded, end('box')]],
    ['abandoned', 'the caller leaves before the notice ends', [accepted, notice, end('caller')]],
    ['abandoned', 'the caller leaves while it rings', [ringing, end('caller')]],
    ['abandoned', 'Dial tells that the caller left', [ringing, unanswered('CANCEL'), end('caller')]],
    ['abandoned', 'the caller leaves after a fault', [fault, accepted, end('caller')]],
    ['refused', 'the line is not known', [entry('refused', 0, { reason: 'unknown-line' }), end('box', '1')]],
    ['refused', 'the flow ends in a refusal', [notice, noticeEnded, end('box', '21')]],
    ['failed', 'a fault ended it before any phone rang', [fault, end('box', '41')]],
    ['failed', 'it was lost before an answer', [ringing, end('lost', '0')]],
  ])('is %s when %s', (outcome, _when, entries) => {
    expect(reduce(begin(), recorder, ...entries).outcome).toBe(outcome);
  });
});

describe('the reason shown on a call', () => {
  it.each<[string | null, JournalEntry[]]>([
    [null, [ringing, answered, end('caller')]],
    ['unknown-line', [entry('refused', 0, { reason: 'unknown-line' }), end('box', '1')]],
    ['playback-failed', [fault, ringing, answered, end('caller')]],
    ['lost', [ringing, end('lost')]],
    ['phones-unreachable', [ringing, unanswered('CHANUNAVAIL'), end('box')]],
    [null, [ringing, unanswered('NOANSWER'), end('box')]],
    [null, [ringing, unanswered('CHANUNAVAIL'), ringing, answered, end('box')]],
  ])('is %s', (reason, entries) => {
    expect(reduce(begin(), recorder, ...entries).reason).toBe(reason);
  });
});

describe('who carried and took a call', () => {
  it('is the fallback once the lease has expired', () => {
    expect(reduce(begin(), claimed, entry('fallback', 3, { reason: 'lease-expired' })).handledBy).toBe('fallback');
  });

  it('is nobody yet at the first line', () => {
    expect(reduce(begin()).handledBy).toBeNull();
  });

  it('is the phone a conversation was transferred to', () => {
    const transferred = entry('transferred', 20, { phone: 'p201', to: 'p202' });
    expect(reduce(begin(), ringing, answered, transferred)).toMatchObject({ phoneId: 'p202', phoneName: '市民課2' });
  });

  it('stays the phone when the one to which it was handed on unasked did not answer', () => {
    const transferred = entry('transferred', 20, { phone: 'p201', to: 'p202' });
    const left = entry('left', 20, { phone: 'p201' });
    expect(reduce(begin(), ringing, answered, transferred, left).phoneId).toBe('p201');
    expect(
      reduce(begin(), ringing, answered, transferred, left, entry('answered', 30, { phone: 'p202' })),
    ).toMatchObject({ phoneId: 'p202' });
  });

  it('stays the phone when the transfer went to something that is no phone', () => {
    const transferred = entry('transferred', 20, { phone: 'p201', to: '0399998888' });
    expect(reduce(begin(), ringing, answered, transferred).phoneId).toBe('p201');
  });

  it('is the desk that rang last', () => {
    expect(reduce(begin(), ringing, entry('ringing', 70, { desk: 'night' }))).toMatchObject({
      deskId: 'night',
      deskName: null,
    });
  });

  it('is no line when the dialled number is not known', () => {
    expect(reduce(begin({ line: '' }))).toMatchObject({ lineId: null, lineName: null });
  });
});

describe('any valid journal', () => {
  it('can be reduced after each of its lines, always the same way', () => {
    fc.assert(
      fc.property(validJournal, (journal) => {
        for (let length = 1; length <= journal.length; length += 1) {
          const prefix = journal.slice(0, length);
          const facts = reduce(...prefix);
          expect(reduce(...structuredClone(prefix))).toEqual(facts);
          expect(facts.journalLines).toBe(length);
          const over = prefix.some(({ e }) => e === 'end');
          expect([facts.state === 'ended', facts.outcome !== null, facts.endedAt !== null]).toEqual([over, over, over]);
          if (facts.presentation !== 'shown') expect(JSON.stringify(facts)).not.toContain('0901234567');
        }
      }),
    );
  });

  it('is answered when somebody outside was, also when it is handed to a phone afterwards', () => {
    const connected = entry('connected', 3, { phone: 'p202', channel: '1795300000.1' });
    const { startedAt, answeredAt } = reduce(begin(), connected, answered, end('caller'));
    expect(Number(answeredAt) - Number(startedAt)).toBe(3000);
  });

  it('keeps the beginning and the first answer once they are known', () => {
    fc.assert(
      fc.property(validJournal, (journal) => {
        const whole = reduce(...journal);
        journal.forEach((_, index) => {
          const facts = reduce(...journal.slice(0, index + 1));
          expect(facts.startedAt).toEqual(whole.startedAt);
          if (facts.answeredAt) expect(facts.answeredAt).toEqual(whole.answeredAt);
        });
      }),
    );
  });
});
