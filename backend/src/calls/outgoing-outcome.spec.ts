import { describe, expect, it } from '@jest/globals';
import { begin, entry } from './journal.fixture.ts';
import type { JournalEntry } from './journal.schema.ts';
import { callLegs } from './call-timeline.ts';
import { recorderFacts } from './recorder-health.ts';
import { type NamesById, reduceJournal } from './reduce-journal.ts';

const names: NamesById = {
  trunk: () => null,
  notice: () => null,
  line: (id) => (id === 'main' ? '代表' : null),
  desk: () => null,
  phone: (id) => ({ p201: '市民課1', p202: '市民課2' })[id] ?? null,
  schedule: () => null,
  recordingRule: () => null,
};
const outgoing = begin({ direction: 'outgoing', trunk: '', line: '', dialled: '00312345678', number: '0312345678' });
const calling = entry('calling', 0, { phone: 'p201' });
const dialling = (trunk: string) => entry('dialling', 1, { trunk, line: 'main', withheld: 'no' });
const failed = (status: string, sip: string) => entry('not-connected', 2, { trunk: 'carrier', status, sip });
const connected = entry('connected', 5, { phone: 'p201', channel: 'trunk-channel' });
const end = (by: 'caller' | 'office' | 'box' | 'lost') => entry('end', 9, { cause: '16', by });

const reduced = (...entries: JournalEntry[]) => reduceJournal('call', [outgoing, calling, ...entries], names);

describe('a call that went out', () => {
  it('is answered when somebody outside answers, through the trunk that was tried last', () => {
    expect(
      reduced(dialling('away'), failed('CHANUNAVAIL', ''), dialling('carrier'), connected, end('office')),
    ).toMatchObject({
      ...{ direction: 'outgoing', number: '0312345678', dialled: '00312345678', trunkId: 'carrier', lineName: '代表' },
      ...{ phoneId: 'p201', phoneName: '市民課1', outcome: 'answered', reason: null, emergency: false },
      answeredAt: new Date(1_763_700_005_000),
    });
  });

  it('rings while it is dialled, and is talked on when it is connected', () => {
    expect(reduced(dialling('carrier'))?.state).toBe('ringing');
    expect(reduced(dialling('carrier'), connected)?.state).toBe('talking');
  });

  it.each([
    ['BUSY', '486', 'box', 'unanswered', 'busy'],
    ['NOANSWER', '', 'box', 'unanswered', null],
    ['CHANUNAVAIL', '480', 'box', 'unanswered', null],
    ['CHANUNAVAIL', '603', 'box', 'unanswered', 'declined'],
    ['CHANUNAVAIL', '433', 'box', 'unanswered', 'declined'],
    ['CHANUNAVAIL', '404', 'box', 'failed', 'number-unknown'],
    ['CONGESTION', '503', 'box', 'failed', 'trunks-failed'],
    ['CHANUNAVAIL', '', 'box', 'failed', 'trunks-failed'],
    ['CANCEL', '', 'office', 'abandoned', null],
    ['NOANSWER', '', 'lost', 'failed', 'lost'],
  ] as const)('with %s (SIP %s), ended by %s, is %s because of %s', (status, sip, by, outcome, reason) => {
    expect(reduced(dialling('carrier'), failed(status, sip), end(by))).toMatchObject({ outcome, reason });
  });

  it('is given up before any answer, refused, or has no trunk at all', () => {
    expect(reduced(dialling('carrier'), end('office'))).toMatchObject({ outcome: 'abandoned' });
    expect(reduced(end('box'))).toMatchObject({ outcome: 'failed', reason: 'trunks-failed' });
    const refused = entry('refused', 1, { reason: 'outside-not-allowed' });
    expect(reduced(refused, end('box'))).toMatchObject({ outcome: 'refused', reason: 'outside-not-allowed' });
  });

  it('may be an emergency, and go to a short number', () => {
    expect(reduced(entry('emergency', 0, { number: '110' }), dialling('carrier'))).toMatchObject({ emergency: true });
    const short = { ...outgoing, number: '#7119' } as JournalEntry;
    expect(reduceJournal('call', [short, calling], names)?.number).toBe('#7119');
  });

  it('has the phone for its whole length, and the outside party from its answer', () => {
    const journal = [outgoing, calling, dialling('carrier'), connected, end('caller')];
    const legs = callLegs(journal, new Date(1_763_700_009_000), names);
    expect(
      legs.map(({ party, phone, startedAt }) => [party, phone?.id ?? null, new Date(startedAt).getTime() / 1000]),
    ).toEqual([
      ['phone', 'p201', 1_763_700_000],
      ['outside', null, 1_763_700_005],
    ]);
  });

  it('is watched on the trunk’s channel once that is there, and sound is expected from then on', () => {
    const recorder = entry('recorder', 1, {});
    expect(recorderFacts([outgoing, recorder])).toMatchObject({ expectedFromMs: null });
    expect(recorderFacts([outgoing, recorder, connected])).toMatchObject({
      ...{ channelId: 'trunk-channel', expectedFromMs: 1_763_700_005_000 },
    });
  });
});
