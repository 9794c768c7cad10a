import { describe, expect, it } from '@jest/globals';
import { begin, entry } from '../journal.fixture.ts';
import { CallActHandlers } from './call-act-handlers.ts';
import type { CallAct, CallActAnswer } from './call-act.schema.ts';

const by = { userId: '6b0a4f0e-3b7c-4f43-9d6a-0d3a1c6f2b10', name: '佐藤' };
const ordinary = [begin({ direction: 'outgoing' }), entry('connected', 1, { phone: 'p201', channel: 'trunk' })];
const emergency = [...ordinary, entry('emergency', 0, { number: '119' })];

async function answerTo(act: CallAct, journal: typeof ordinary): Promise<CallActAnswer> {
  const handlers = new CallActHandlers();
  handlers.enlist(act.type, () => Promise.resolve('done'));
  return handlers.perform(act, { callId: 'call', channelId: 'trunk', journal }, by);
}

describe('an act on a call', () => {
  it.each<CallAct>([
    { type: 'warn', warning: 'final' },
    { type: 'arm-ending' },
    { type: 'confirm-ending' },
    { type: 'transfer', to: 'p202', askFirst: true },
    { type: 'park' },
  ])('is not done in a call for help: $type', async (act) => {
    expect(await answerTo(act, ordinary)).toBe('done');
    expect(await answerTo(act, emergency)).toBe('emergency-call');
  });

  it.each<CallAct>([
    { type: 'mark' },
    { type: 'pause-recording' },
    { type: 'cancel-ending' },
    { type: 'supervise', phone: 'p203', mode: 'join' },
  ])('leaves a call for help as it is, and is done: $type', async (act) => {
    expect(await answerTo(act, emergency)).toBe('done');
  });

  it.each<CallAct>([
    { type: 'warn', warning: 'recording' },
    { type: 'confirm-ending' },
    { type: 'transfer', to: 'p202', askFirst: false },
    { type: 'park' },
  ])('is not done while both sides hear an announcement: $type', async (act) => {
    const announcing = [...ordinary, entry('announcement', 10, { notice: 'warning-final', phone: '' })];
    const over = entry('announcement-ended', 20, { notice: 'warning-final', heard: 'whole' });
    expect(await answerTo(act, announcing)).toBe('announcing');
    expect(await answerTo(act, [...announcing, over])).toBe('done');
  });
});
