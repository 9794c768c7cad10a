import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { AmiCommands } from '../asterisk/ami-commands.ts';
import type { AriCommands } from '../asterisk/ari-commands.ts';
import type { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskChannel, AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { until } from '../asterisk/log.fixture.ts';
import { ConversationStasis } from './conversation.stasis.ts';
import type { Settings } from '../platform/settings.ts';
import { configurationOf, FakeJournal, silentLogger, strictDouble, testDocument } from './doubles.fixture.ts';
import { CallActHandlers } from './acts/call-act-handlers.ts';
import { RecordingControl } from './recording-control.service.ts';
import { Clock } from '../platform/clock.ts';
import { Takeover } from './takeover.service.ts';

const at = new Date(1_763_700_000_000);
const channel = (id: string, name: string): AsteriskChannel => ({ id, name, variables: {} });
const outside = channel('outside', 'PJSIP/trunk-carrier-00000001');
const first = channel('first', 'PJSIP/201-00000002');
const second = channel('second', 'PJSIP/201-00000003');
const taker = channel('taker', 'PJSIP/202-00000004');

let events: Subject<AsteriskEvent>;
let journal: FakeJournal;
let set: string[];
let recordersAnew: string[];
let recorderTrouble: Error | null;
let calls: Record<string, string>;
let conversation: ConversationStasis;

beforeEach(() => {
  events = new Subject();
  journal = new FakeJournal();
  set = [];
  recordersAnew = [];
  recorderTrouble = null;
  calls = { outside: 'call-x', first: 'call-x', second: 'call-y', taker: 'call-y' };
  const ari = strictDouble<AriCommands>('AriCommands', {
    variable: (id) => Promise.resolve(calls[id] ?? null),
  });
  const ami = strictDouble<AmiCommands>('AmiCommands', {
    setVariable: (id, name, value) => {
      set.push(`${id} ${name}=${value}`);
      return Promise.resolve();
    },
    startRecorderAnew: (id, callId) => {
      recordersAnew.push(`${id} ${callId}`);
      return recorderTrouble ? Promise.reject(recorderTrouble) : Promise.resolve();
    },
  });
  const configuration = configurationOf(testDocument);
  const handlers = new CallActHandlers();
  const clock = new Clock();
  const recording = new RecordingControl(handlers, ami, configuration, journal.journal, clock, silentLogger);
  const settings = { layout: { spool: '/nowhere' } } as Settings;
  conversation = new ConversationStasis(
    strictDouble<AriConnection>('AriConnection', { events$: events }),
    ari,
    new Takeover(ami, configuration, journal.journal, settings, recording),
    configuration,
    journal.journal,
    silentLogger,
  );
  conversation.onModuleInit();
});

afterEach(() => conversation.onApplicationShutdown());

async function tell(...told: AsteriskEvent[]): Promise<void> {
  for (const event of told) events.next(event);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
const transfer = (more: Partial<Extract<AsteriskEvent, { type: 'attended-transfer' }>> = {}): AsteriskEvent => ({
  type: 'attended-transfer',
  at,
  transferer: [first, second],
  transferee: outside,
  target: taker,
  ...more,
});

const followed = () => until('the transfer to be followed', () => set.length === 4);

describe('holding', () => {
  it('by a phone is journalled in its call, in order', async () => {
    await tell({ type: 'held', at, channel: first }, { type: 'resumed', at, channel: first });
    expect(journal.entries).toEqual([
      { e: 'held', phone: 'p201' },
      { e: 'resumed', phone: 'p201' },
    ]);
  });

  it('by the outside party is not ours to tell', async () => {
    await tell({ type: 'held', at, channel: outside });
    expect(journal.entries).toEqual([]);
  });

  it('by a phone that is in no call is not journalled', async () => {
    calls = {};
    await tell({ type: 'held', at, channel: first });
    expect(journal.entries).toEqual([]);
  });

  it('by something that is no phone of the configuration is not journalled', async () => {
    await tell({ type: 'held', at, channel: channel('x', 'PJSIP/999-00000009') });
    expect(journal.entries).toEqual([]);
  });
});

describe('an attended transfer', () => {
  it('is journalled in the outside call, and the phone that took over belongs to it from now on', async () => {
    await tell(transfer());
    await followed();
    expect(journal.entries).toEqual([{ e: 'transferred', phone: 'p201', to: 'p202' }]);
    expect(set).toEqual([
      'taker DENWABAN_CALL=call-x',
      'taker SHARED(DENWABAN_CALL)=call-x',
      'outside GLOBAL(DENWABAN_TALKING_call-x)=p202',
      'outside GLOBAL(DENWABAN_ANSWERED_BY_call-x)=p202',
    ]);
  });

  it('is understood whichever of the two parties Asterisk calls the transferee', async () => {
    await tell(transfer({ transferee: taker, target: outside }));
    await followed();
    expect(journal.entries).toEqual([{ e: 'transferred', phone: 'p201', to: 'p202' }]);
    expect(set[0]).toBe('taker DENWABAN_CALL=call-x');
  });

  it('starts the recorder of the outside call anew, for which the phone that took over is somebody else', async () => {
    await tell(transfer());
    await followed();
    expect(recordersAnew).toEqual(['outside call-x']);
  });

  it('is journalled even when the recorder could not be started anew', async () => {
    recorderTrouble = new Error('AMI is gone');
    await tell(transfer());
    await followed();
    expect(journal.entries).toEqual([{ e: 'transferred', phone: 'p201', to: 'p202' }]);
  });

  it('of which a party is missing is left alone', async () => {
    await tell(transfer({ target: null }), transfer({ transferee: null }));
    expect([journal.entries, set]).toEqual([[], []]);
  });

  it('that cannot be looked up does not keep later ones from being journalled', async () => {
    const broken = transfer({ transferee: channel('outside', 'PJSIP/trunk-carrier-1') });
    calls = {};
    await tell(broken);
    calls = { outside: 'call-x' };
    await tell(transfer());
    await followed();
    expect(journal.entries).toHaveLength(1);
  });
});
