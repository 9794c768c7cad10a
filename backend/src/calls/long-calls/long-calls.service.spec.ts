import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AriConnection } from '../../asterisk/ari-connection.ts';
import { until } from '../../asterisk/log.fixture.ts';
import { Clock } from '../../platform/clock.ts';
import { configurationOf, FakeJournal, silentLogger, strictDouble, testDocument } from '../doubles.fixture.ts';
import { begin, entry } from '../journal.fixture.ts';
import { LongCallWatch } from './long-calls.service.ts';
import type { LongCallActs, LongCallResult } from './long-call-acts.service.ts';

const talking = [begin(), entry('ringing', 5, { desk: 'citizens' }), entry('answered', 10, { phone: 'p201' })];

class SetClock extends Clock {
  minutes = 0;
  override now(): Date {
    return new Date((1_763_700_010 + this.minutes * 60) * 1000);
  }
}

let clock: SetClock;
let journal: FakeJournal;
let performed: string[];
let results: (LongCallResult | Error)[];
let connected: boolean;
let watch: LongCallWatch;

function startWatch(document = testDocument): LongCallWatch {
  const does = (what: string) => {
    performed.push(what);
    const result = results.shift() ?? 'done';
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  };
  const acts = strictDouble<LongCallActs>('LongCallActs', {
    perform: (act) => does(act),
    end: () => does('end'),
  });
  const connection = strictDouble<AriConnection>('AriConnection', {});
  Object.defineProperty(connection, 'connected', { get: () => connected });
  return new LongCallWatch(acts, configurationOf(document), connection, journal.journal, clock, silentLogger);
}

beforeEach(() => {
  clock = new SetClock();
  journal = new FakeJournal();
  performed = [];
  results = [];
  connected = true;
  watch = startWatch();
  watch.follow('call', talking);
});
afterEach(() => watch.onApplicationShutdown());

async function lookAfter(minutes: number, expected: number): Promise<void> {
  clock.minutes = minutes;
  for (let times = 0; times < 4; times += 1) {
    watch.look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('what is due to be done', () => performed.length >= expected);
}

describe('calls that last long', () => {
  it('are told of stage by stage, each in the journal', async () => {
    await lookAfter(1, 0);
    await lookAfter(16, 1);
    await lookAfter(31, 2);
    await lookAfter(61, 4);
    expect(performed).toEqual(['tell-staff', 'tell-supervisor', 'announce', 'arm-ending']);
    expect(journal.entries).toEqual([
      { e: 'long-call', act: 'tell-staff', minutes: '15' },
      { e: 'long-call', act: 'tell-supervisor', minutes: '30' },
      { e: 'long-call', act: 'announce', minutes: '60' },
      { e: 'long-call', act: 'arm-ending', minutes: '60' },
    ]);
  });

  it('are told of when somebody is there again who can hear it', async () => {
    results = ['later', 'later', 'done'];
    await lookAfter(16, 3);
    expect(journal.entries).toEqual([{ e: 'long-call', act: 'tell-staff', minutes: '15' }]);
  });

  it('are not told of over and over when it fails', async () => {
    results = [new Error('Asterisk is gone')];
    await lookAfter(16, 1);
    expect([performed, journal.entries]).toEqual([
      ['tell-staff'],
      [{ e: 'long-call', act: 'tell-staff', minutes: '15', failed: 'yes' }],
    ]);
  });

  it('wait while Asterisk cannot be reached', async () => {
    connected = false;
    await lookAfter(16, 0);
    expect(performed).toEqual([]);
    connected = true;
    await lookAfter(17, 1);
  });

  it('are known to a process that comes back, with what was done before', async () => {
    watch = startWatch();
    watch.follow('call', [...talking, entry('long-call', 910, { act: 'tell-staff', minutes: '15' })]);
    await lookAfter(16, 0);
    expect(performed).toEqual([]);
    await lookAfter(30, 1);
    expect(performed).toEqual(['tell-supervisor']);
  });

  it('are told of once though their journal was read a moment before', async () => {
    await lookAfter(16, 1);
    watch.follow('call', talking);
    await lookAfter(17, 1);
    expect(performed).toEqual(['tell-staff']);
  });

  it('end when the office has decided so; if nobody was there to hear it, they are armed anew instead of being left', async () => {
    const desks = testDocument.desks.map((desk) => ({ ...desk, longCalls: { stages: [], endsByItself: true } }));
    watch = startWatch({ ...testDocument, desks });
    watch.follow('call', [...talking, entry('ending-armed', 10, {})]);
    results = ['later'];
    clock.minutes = 0.51;
    watch.look();
    await new Promise((resolve) => setImmediate(resolve));
    expect([performed, journal.entries]).toEqual([['end'], []]);
    clock.minutes = 0.6;
    watch.look();
    await until('it to be armed anew', () => performed.length > 1);
    expect(performed).toEqual(['end', 'arm-ending']);
  });

  it('are forgotten when they are over', async () => {
    watch.forget('call');
    await lookAfter(600, 0);
    expect(performed).toEqual([]);
  });
});
