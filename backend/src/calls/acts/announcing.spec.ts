import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AmiCommands } from '../../asterisk/ami-commands.ts';
import { Clock } from '../../platform/clock.ts';
import { FakeJournal, strictDouble } from '../doubles.fixture.ts';
import { begin, entry } from '../journal.fixture.ts';
import type { JournalEntry } from '../journal.schema.ts';
import { Announcing } from './announcing.service.ts';
import { CallActHandlers } from './call-act-handlers.ts';
import type { CallAct, CallActAnswer } from './call-act.schema.ts';
import type { ConversationChannels } from './conversation-channels.service.ts';
import type { PhoneKeys } from './phone-keys.service.ts';

const BY = { userId: '6b0a4f0e-3b7c-4f43-9d6a-0d3a1c6f2b10', name: '佐藤' };
const talking = [begin(), entry('answered', 5, { phone: 'p201' })];
const armed = [...talking, entry('ending-armed', 10, { phone: 'p201' })];
const ending = [...armed, entry('ending-confirmed', 12, { phone: 'p201' })];

class SetClock extends Clock {
  override now = () => new Date(1_763_700_039_900);
}

describe('whoever in the console', () => {
  let done: string[];
  let understood: CallActAnswer;
  let ask: (act: CallAct, journal: JournalEntry[]) => Promise<CallActAnswer>;

  beforeEach(() => {
    done = [];
    understood = 'done';
    const handlers = new CallActHandlers();
    const phone = { phoneId: 'p201', extension: '201', channelId: 'phone', channelName: 'PJSIP/201-00000001' };
    const channels = strictDouble<ConversationChannels>('ConversationChannels', {
      phoneOf: () => Promise.resolve(phone),
    });
    const ami = strictDouble<AmiCommands>('AmiCommands', {
      setVariable: (_, variable, value) => Promise.resolve(void done.push(`${variable}=${value}`)),
    });
    const keys = strictDouble<PhoneKeys>('PhoneKeys', {
      press: (_, __, code) => {
        done.push(code);
        return Promise.resolve(understood);
      },
    });
    new Announcing(handlers, channels, ami, keys, new FakeJournal().journal, new SetClock()).onModuleInit();
    ask = (act, journal) => handlers.perform(act, { callId: 'call', channelId: 'outside', journal }, BY);
  });

  it('takes an end back that is being announced is told that it is too late', async () => {
    expect([await ask({ type: 'cancel-ending' }, ending), done]).toEqual(['ending-under-way', []]);
    expect(await ask({ type: 'arm-ending' }, ending)).toBe('announcing');
  });

  it('confirms an end at the last moment has not armed it again', async () => {
    expect(await ask({ type: 'confirm-ending' }, armed)).toBe('done');
    expect(done).toEqual(['DENWABAN_ENDING=1763700069', 'DENWABAN_ASKED_FOR=1', '*9']);
  });

  it('asks for what the phone does not understand leaves the phone’s next code its own', async () => {
    understood = 'call-act-failed';
    expect(await ask({ type: 'warn', warning: 'recording' }, talking)).toBe('call-act-failed');
    expect(done).toEqual(['DENWABAN_ASKED_FOR=1', '*2', 'DENWABAN_ASKED_FOR=']);
  });
});
