import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AmiCommands } from '../asterisk/ami-commands.ts';
import { Clock } from '../platform/clock.ts';
import { RecordingRule } from '../recordings/rules/recording-rule.schema.ts';
import { CallActHandlers } from './acts/call-act-handlers.ts';
import { configurationOf, FakeJournal, strictDouble, testDocument } from './doubles.fixture.ts';
import { begin, entry } from './journal.fixture.ts';
import { instantOf } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';
import { RecordingControl } from './recording-control.service.ts';

const USER = { userId: '7f1de1d2-8c22-4d93-9a53-0d5e1a6a4a11', name: '山田' };
const rule = (id: string, more: object) => RecordingRule.parse({ id, name: id, recording: 'never', ...more });
const recorded = [begin(), entry('recorder', 0, {}), entry('answered', 2, { phone: 'p201' })];
const paused = [...recorded, entry('recording-paused', 10, { seconds: '20', phone: 'p201' })];

let handlers: CallActHandlers;
let journal: FakeJournal;
let asked: string[];
let control: RecordingControl;
/** Seconds since the call began. */
let nowS: number;

beforeEach(() => {
  handlers = new CallActHandlers();
  journal = new FakeJournal();
  asked = [];
  nowS = 15;
  const ami = strictDouble<AmiCommands>('AmiCommands', {
    setVariable: (_, name, value) => Promise.resolve(void asked.push(`${name}=${value}`)),
    startRecorderAnew: async (channel, _, { silent = 0, whileStopped } = {}) => {
      asked.push(`stop ${channel}`);
      await whileStopped?.();
      asked.push(`start, silent for ${silent} s`);
    },
  });
  class FixedClock extends Clock {
    override now(): Date {
      return new Date(instantOf(begin()).getTime() + nowS * 1000);
    }
  }
  const rules = [rule('child', { phones: ['p202'] }), rule('inside', { phones: ['p301'], recording: 'always' })];
  const configuration = configurationOf({
    ...testDocument,
    recordings: { ...testDocument.recordings, rules, pause: { resumeAfterSeconds: 60 } },
  });
  control = new RecordingControl(handlers, ami, configuration, journal.journal, new FixedClock());
  control.onModuleInit();
});

type RecordingAct = 'keep-recording' | 'pause-recording' | 'resume-recording';
const act = (type: RecordingAct, entries: readonly JournalEntry[]) =>
  handlers.perform({ type }, { callId: 'call-x', channelId: 'channel-x', journal: entries }, USER);
const written = () => journal.entries;
const told = (...entries: object[]) => entries.map((each) => expect.objectContaining(each) as object);

describe('the recording of a call in progress', () => {
  it('is paused: told while nothing is recorded, and it goes on by itself', async () => {
    expect(await act('pause-recording', recorded)).toBe('done');
    expect(written()).toEqual(told({ e: 'recording-paused', seconds: '60', user: USER.userId, userName: '山田' }));
    expect(asked.slice(0, 2)).toEqual([expect.stringMatching(/^stop /), 'start, silent for 60 s']);
    expect(asked[2]).toMatch(/^DENWABAN_PAUSED_UNTIL=\d{10}$/);
  });

  it('is paused and resumed once, however often it is asked', async () => {
    expect(await act('pause-recording', paused)).toBe('done');
    expect(await act('resume-recording', recorded)).toBe('done');
    nowS = 31;
    expect(await act('resume-recording', paused)).toBe('done');
    expect([...asked, ...written()]).toEqual([]);
  });

  it('goes on when somebody says so', async () => {
    await act('resume-recording', paused);
    expect(written()).toEqual(told({ e: 'recording-resumed', by: 'user', userName: '山田' }));
    expect(asked.slice(1)).toEqual(['start, silent for 0 s', 'DENWABAN_PAUSED_UNTIL=']);
  });

  it('is kept on demand, once', async () => {
    const onDemand = [
      begin(),
      entry('recording-rule', 0, { recordingRule: 'ask', recording: 'on-demand' }),
      ...recorded,
    ];
    expect(await act('keep-recording', onDemand)).toBe('done');
    expect(written()).toEqual(told({ e: 'recording-kept', userName: '山田' }));
    await act('keep-recording', [...onDemand, entry('recording-kept', 12, { phone: 'p201' })]);
    expect(written()).toHaveLength(1);
  });

  it('cannot be paused or kept where there is none', async () => {
    const never = entry('recording-rule', 0, { recordingRule: 'child', recording: 'never' });
    for (const type of ['pause-recording', 'keep-recording'] as const)
      expect(await act(type, [begin(), never])).toBe('not-recorded');
    expect(await act('keep-recording', [...recorded, never])).toBe('not-recorded');
    expect([...asked, ...written()]).toEqual([]);
  });
});
