import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { AriCommands } from '../asterisk/ari-commands.ts';
import type { AriConnection } from '../asterisk/ari-connection.ts';
import type { AsteriskChannel, AsteriskEvent } from '../asterisk/asterisk-events.ts';
import { ConversationStasis } from './conversation.stasis.ts';
import { configurationOf, FakeJournal, silentLogger, strictDouble, testDocument } from './doubles.fixture.ts';

const at = new Date(1_763_700_000_000);
const channel = (id: string, name: string): AsteriskChannel => ({ id, name, variables: {} });
const outside = channel('outside', 'PJSIP/trunk-carrier-00000001');
const first = channel('first', 'PJSIP/201-00000002');

let events: Subject<AsteriskEvent>;
let journal: FakeJournal;
let calls: Record<string, string | null>;
let conversation: ConversationStasis;

beforeEach(() => {
  events = new Subject();
  journal = new FakeJournal();
  calls = { outside: 'call-x', first: 'call-x' };
  const ari = strictDouble<AriCommands>('AriCommands', {
    variable: (id) => (id in calls ? Promise.resolve(calls[id] ?? null) : Promise.reject(new Error('no such channel'))),
  });
  const configuration = configurationOf(testDocument);
  conversation = new ConversationStasis(
    strictDouble<AriConnection>('AriConnection', { events$: events }),
    ari,
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
    calls = { first: null };
    await tell({ type: 'held', at, channel: first });
    expect(journal.entries).toEqual([]);
  });

  it('that cannot be looked up does not keep later ones from being journalled', async () => {
    await tell({ type: 'held', at, channel: channel('gone', first.name) }, { type: 'held', at, channel: first });
    expect(journal.entries).toEqual([{ e: 'held', phone: 'p201' }]);
  });

  it('by something that is no phone of the configuration is not journalled', async () => {
    await tell({ type: 'held', at, channel: channel('x', 'PJSIP/999-00000009') });
    expect(journal.entries).toEqual([]);
  });
});
