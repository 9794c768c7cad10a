import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import { Clock } from '../platform/clock.ts';
import { DatabaseConnector } from '../platform/database-connector.ts';
import { MessageReceiver, MessageSender } from '../platform/messages.ts';
import { CallFiling } from './call-filing.service.ts';
import { CallNames } from './call-names.ts';
import { CallRepository } from './call.repository.ts';
import { silentLogger, strictDouble, testDocument } from './doubles.fixture.ts';
import { begin, entry } from './journal.fixture.ts';
import { appendJournal, journalPath } from './journal.ts';
import type { JournalEntry } from './journal.schema.ts';
import { LiveFiling } from './live-filing.service.ts';
import { reduceJournal } from './reduce-journal.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const NUMBER = '0901234567';

let database: TestDatabase;
let calls: CallRepository;

beforeEach(async () => {
  database = await createTestDatabase();
  calls = new CallRepository(database.dataSource);
  await configure(testDocument);
});
afterEach(() => database.drop());

const configure = (document: typeof testDocument) =>
  writeFile(database.settings.layout.lastGoodConfiguration, JSON.stringify(document));
const spool = () => database.settings.layout.spool;
const filingOf = ({ settings, dataSource }: TestDatabase) =>
  new CallFiling(settings, new CallNames(settings), new CallRepository(dataSource), new MessageSender(dataSource));
async function append(...entries: JournalEntry[]): Promise<void> {
  for (const one of entries) await appendJournal(spool(), CALL, one);
}
async function eventually(name: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`never: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const ANSWERED = [
  entry('recorder', 0.01, {}),
  entry('claimed', 0.02, {}),
  entry('ringing', 1, { desk: 'citizens' }),
  entry('answered', 4, { phone: 'p201' }),
];
const END = entry('end', 9, { cause: '16', by: 'caller' });

describe('filing a call', () => {
  it('makes its row from its journal, names included', async () => {
    await append(begin(), ...ANSWERED);
    const row = await filingOf(database).file(CALL);
    expect(row).toMatchObject({
      id: CALL,
      number: NUMBER,
      lineName: '代表',
      deskName: '市民課',
      phoneName: '市民課1',
      state: 'talking',
      recorder: 'waiting',
      journalLines: 5,
      startedAt: new Date(1_763_700_000_000),
    });
    expect(row?.journal).toHaveLength(5);
  });

  it('does nothing when there is no journal', async () => {
    expect(await filingOf(database).file(CALL)).toBeNull();
    expect(await calls.findById(CALL)).toBeNull();
  });

  it('goes forward only: what comes from a shorter journal changes nothing', async () => {
    await append(begin(), ...ANSWERED, END);
    await filingOf(database).file(CALL);
    const names = await new CallNames(database.settings).current();
    const older = reduceJournal(CALL, [begin(), ...ANSWERED], names);
    if (!older) throw new Error('nothing reduced');
    expect(await calls.file(older, [begin(), ...ANSWERED])).toBe(false);
    expect(await calls.findById(CALL)).toMatchObject({ state: 'ended', outcome: 'answered', journalLines: 6 });
  });

  it('can be done by many at once while the journal grows, and gives one right row', async () => {
    const second = new CallFiling(
      database.settings,
      new CallNames(database.settings),
      calls,
      new MessageSender(database.dataSource),
    );
    const first = filingOf(database);
    for (const one of [begin(), ...ANSWERED, END]) {
      await append(one);
      await Promise.all([first.file(CALL), second.file(CALL), first.file(CALL)]);
    }
    const rows: unknown[] = await database.dataSource.query('SELECT id FROM calls');
    expect(rows).toHaveLength(1);
    expect(await calls.findById(CALL)).toMatchObject({ state: 'ended', journalLines: 6, recorder: 'stopped' });
  });

  it('puts each supervisor at the conversation on the audit trail once, whoever files and how often', async () => {
    const audited = () =>
      database.dataSource.manager.find(AuditEventEntity, {
        where: { action: 'call.supervised', subject: CALL },
        order: { id: 'ASC' },
      });
    const [one, other] = [filingOf(database), filingOf(database)];
    const listens = entry('supervision', 5, { mode: 'listen', phone: 'p203', to: 'p201' });
    const joins = entry('supervision', 7, { mode: 'join', phone: 'p203', to: 'p201' });
    for (const line of [begin(), ...ANSWERED, listens, joins, END]) {
      await append(line);
      await Promise.all([one.file(CALL), other.file(CALL), one.file(CALL)]);
    }
    const by = { phone: 'p203', to: 'p201' };
    expect((await audited()).map(({ userId, detail }) => [userId, detail])).toEqual([
      [null, { ...by, mode: 'listen' }],
      [null, { ...by, mode: 'join' }],
    ]);
    expect((await audited())[0]?.at).toEqual(new Date(Number(listens.at) * 1000));
  });

  it('keeps names as they were at the time of the call', async () => {
    await append(begin(), ...ANSWERED);
    await filingOf(database).file(CALL);
    const renamed = testDocument.desks.map((desk) => ({ ...desk, name: '住民課' }));
    await configure({ ...testDocument, desks: renamed });
    await append(END);
    expect(await filingOf(database).file(CALL)).toMatchObject({ state: 'ended', deskName: '市民課' });
  });

  it.each(['withheld', 'payphone', 'unavailable'] as const)(
    'writes no number of a %s call anywhere',
    async (presentation) => {
      await appendFile(journalPath(spool(), CALL), `${JSON.stringify(begin({ presentation, number: NUMBER }))}\n`);
      await append(...ANSWERED);
      expect(await filingOf(database).file(CALL)).toMatchObject({ presentation, number: null });
      const rows: { text: string }[] = await database.dataSource.query('SELECT calls::text AS text FROM calls');
      expect(rows[0]?.text).not.toContain(NUMBER);
    },
  );

  it('tells the other processes of a change, and of nothing else', async () => {
    const connector = new DatabaseConnector(database.dataSource, silentLogger);
    connector.onModuleInit();
    const receiver = new MessageReceiver(database.settings, connector, silentLogger);
    const heard: unknown[] = [];
    let listening = false;
    receiver.reconnected$.subscribe(() => (listening = true));
    receiver.messages$.subscribe((message) => heard.push(message));
    receiver.onModuleInit();
    try {
      await eventually('listening', () => listening);
      const filing = filingOf(database);
      await append(begin());
      await filing.file(CALL);
      await filing.file(CALL);
      await append(END);
      await filing.file(CALL);
      await eventually('heard', () => heard.length >= 2);
      expect(heard).toEqual([
        { kind: 'call', callId: CALL },
        { kind: 'call', callId: CALL },
      ]);
    } finally {
      await receiver.onApplicationShutdown();
    }
  });
});

describe('the recorder of a call', () => {
  it('is told while the call is in progress and stays stopped afterwards', async () => {
    await append(begin(), ...ANSWERED);
    await filingOf(database).file(CALL);
    expect([await calls.setRecorder(CALL, 'growing'), await calls.setRecorder(CALL, 'growing')]).toEqual([true, false]);
    await append(entry('held', 6, { phone: 'p201' }));
    expect(await filingOf(database).file(CALL)).toMatchObject({ recorder: 'growing' });
    await append(END);
    expect(await filingOf(database).file(CALL)).toMatchObject({ recorder: 'stopped' });
    expect(await calls.setRecorder(CALL, 'stalled')).toBe(false);
  });
});

describe('live filing', () => {
  it('files what was journalled while the database was away, and the recorder with it', async () => {
    const real = filingOf(database);
    let failures = 0;
    const counted = strictDouble<CallFiling>('CallFiling', {
      file: (callId) =>
        real.file(callId).catch((error: unknown) => {
          failures += 1;
          throw error;
        }),
    });
    const filing = new LiveFiling(counted, calls, new MessageSender(database.dataSource), silentLogger);
    try {
      await database.setReachable(false);
      await append(begin(), ...ANSWERED);
      filing.schedule(CALL);
      filing.setRecorder(CALL, 'growing');
      await eventually('a try that fails', () => failures > 0);
      await eventually('the call to wait', () => filing.backlog === 1);
      await database.setReachable(true);
      await eventually('filed', () => filing.backlog === 0);
      await eventually('row', async () => (await calls.findById(CALL))?.recorder === 'growing');
      expect(await calls.findById(CALL)).toMatchObject({ state: 'talking', journalLines: 5 });
    } finally {
      filing.onApplicationShutdown();
    }
  });

  it('does not let one call that cannot be filed stand in the way of the others', async () => {
    const other = '6d1f7c1e-0000-4000-8000-000000000002';
    const real = filingOf(database);
    const failing = strictDouble<CallFiling>('CallFiling', {
      file: (callId) => (callId === CALL ? Promise.reject(new Error('cannot be filed')) : real.file(callId)),
    });
    const filing = new LiveFiling(failing, calls, new MessageSender(database.dataSource), silentLogger);
    try {
      await append(begin());
      await appendJournal(spool(), other, begin());
      filing.schedule(CALL);
      filing.schedule(other);
      await eventually('the other call', async () => (await calls.findById(other)) !== null);
      expect(filing.backlog).toBe(1);
    } finally {
      filing.onApplicationShutdown();
    }
  });
});

it('the clock of the process and the journal agree to the millisecond', async () => {
  const now = new Clock().now();
  await append({ ...begin(), at: (now.getTime() / 1000).toFixed(3) });
  expect((await filingOf(database).file(CALL))?.startedAt).toEqual(now);
});
