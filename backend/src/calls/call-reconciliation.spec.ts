import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BehaviorSubject } from 'rxjs';
import type { AriCommands } from '../asterisk/ari-commands.ts';
import type { AriConnection } from '../asterisk/ari-connection.ts';
import { AsteriskUnreachableError } from '../asterisk/asterisk.errors.ts';
import { until } from '../asterisk/log.fixture.ts';
import { Clock } from '../platform/clock.ts';
import type { Settings } from '../platform/settings.ts';
import { CallJournal } from './call-journal.service.ts';
import { CallReconciliation } from './call-reconciliation.service.ts';
import { silentLogger, strictDouble } from './doubles.fixture.ts';
import { begin, entry } from './journal.fixture.ts';
import { appendJournal, journalPath, listJournals, rawAudioPath, readJournal } from './journal.ts';

const id = (index: number) => `6d1f7c1e-0000-4000-8000-00000000000${index}`;
const HOUR_AGO = new Date(Date.now() - 3_600_000);

let spool: string;
let connected: BehaviorSubject<boolean>;
let channels: string[];
let variables: Record<string, string>;
let asked: number;
let fail: boolean;
let reconciliation: CallReconciliation;

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'denwaban-spool-'));
  connected = new BehaviorSubject(false);
  channels = [];
  variables = {};
  asked = 0;
  fail = false;
  const connection = strictDouble<AriConnection>('AriConnection', { connected$: connected });
  Object.defineProperty(connection, 'connected', { get: () => connected.value });
  const commands = strictDouble<AriCommands>('AriCommands', {
    channels: () => {
      asked += 1;
      if (fail) return Promise.reject(new AsteriskUnreachableError('test'));
      return Promise.resolve(channels.map((channel) => ({ id: channel, name: channel, variables: {} })));
    },
    variable: (channel) => Promise.resolve(variables[channel] ?? null),
  });
  const settings = { layout: { spool } } as Settings;
  const journal = new CallJournal(settings, new Clock(), silentLogger);
  reconciliation = new CallReconciliation(connection, commands, journal, settings, new Clock(), silentLogger);
  reconciliation.onModuleInit();
});

afterEach(async () => {
  reconciliation.onApplicationShutdown();
  await rm(spool, { recursive: true });
});

async function openCall(index: number, lastWritten = HOUR_AGO): Promise<void> {
  await appendJournal(spool, id(index), begin({ channel: `channel-${index}` }));
  await utimes(journalPath(spool, id(index)), lastWritten, lastWritten);
}
async function recording(index: number, seconds: number, lastWritten = HOUR_AGO): Promise<void> {
  await writeFile(rawAudioPath(spool, id(index)), Buffer.alloc(seconds * 32_000));
  await utimes(rawAudioPath(spool, id(index)), lastWritten, lastWritten);
}
/** One look, begun by a connection. */
async function look(): Promise<void> {
  const before = asked;
  connected.next(false);
  connected.next(true);
  await until('looked', () => asked > before);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const endOf = async (index: number) => (await readJournal(spool, id(index))).find(({ e }) => e === 'end');

describe('a call whose end nobody wrote down', () => {
  it('is ended when its recording was last written', async () => {
    const lastSound = new Date(Date.now() - 60_000);
    await openCall(1);
    await recording(1, 1, lastSound);
    await look();
    expect(await endOf(1)).toEqual({ e: 'end', at: (lastSound.getTime() / 1000).toFixed(3), cause: '0', by: 'lost' });
  });

  it('is left alone while its channel lives, or another carries it', async () => {
    await openCall(1);
    await openCall(2);
    channels = ['channel-1', 'other'];
    variables = { other: id(2) };
    await look();
    expect([await endOf(1), await endOf(2)]).toEqual([undefined, undefined]);
  });

  it('is left alone right after its last line', async () => {
    await openCall(1, new Date());
    await look();
    expect(await endOf(1)).toBeUndefined();
  });

  it('is ended once, however often one looks', async () => {
    await openCall(1);
    await look();
    await openCall(2);
    await look();
    const entries = await readJournal(spool, id(1));
    expect(entries.filter(({ e }) => e === 'end')).toHaveLength(1);
    expect(await endOf(2)).toMatchObject({ by: 'lost' });
  });

  it('is left alone while Asterisk cannot be asked', async () => {
    fail = true;
    await openCall(1);
    await look();
    expect(await endOf(1)).toBeUndefined();
  });

  it('is left alone with most others when Asterisk was only just reached', async () => {
    for (const index of [1, 2, 3, 4, 5]) await openCall(index);
    await look();
    expect(await Promise.all([1, 2, 3, 4, 5].map(endOf))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that has ended meanwhile is not ended again', async () => {
    await openCall(1);
    await appendJournal(spool, id(1), entry('end', 9, { cause: '16', by: 'caller' }));
    await openCall(2);
    await look();
    expect(await endOf(1)).toMatchObject({ by: 'caller' });
  });
});

describe('a recording without a journal', () => {
  it('is adopted when it is still there at the second look', async () => {
    await recording(1, 10);
    await openCall(9);
    await look();
    expect(await listJournals(spool)).toEqual([id(9)]);
    await look();
    const entries = await readJournal(spool, id(1));
    expect(entries.map(({ e }) => e)).toEqual(['begin', 'recorder', 'fault', 'end']);
    const [first] = entries;
    expect(Number(entries.at(-1)?.at) - Number(first?.at)).toBeCloseTo(10, 2);
  });

  it('is left to a living call', async () => {
    await recording(1, 10);
    await openCall(9);
    channels = ['other'];
    variables = { other: id(1) };
    await look();
    await look();
    expect(await readJournal(spool, id(1))).toEqual([]);
  });

  it('that vanishes between two looks was the worker’s', async () => {
    await recording(1, 10);
    await openCall(9);
    await look();
    await rm(rawAudioPath(spool, id(1)));
    await openCall(8);
    await look();
    expect(await readJournal(spool, id(1))).toEqual([]);
  });
});
