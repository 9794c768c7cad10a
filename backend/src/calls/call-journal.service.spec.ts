import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../platform/clock.ts';
import type { Settings } from '../platform/settings.ts';
import { CallJournal } from './call-journal.service.ts';
import { silentLogger } from './doubles.fixture.ts';
import { begin, entry } from './journal.fixture.ts';
import { appendJournal, journalPath, readJournal } from './journal.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const LATE = { e: 'long-call', act: 'announce', minutes: '60', failed: 'yes' } as const;
let spool: string;
let journal: CallJournal;

beforeEach(async () => {
  spool = await mkdtemp(join(tmpdir(), 'denwaban-spool-'));
  journal = new CallJournal({ layout: { spool } } as Settings, new Clock(), silentLogger);
});
afterEach(() => rm(spool, { recursive: true }));

const eventsNow = async () => (await readJournal(spool, CALL)).map(({ e }) => e);

describe('what the telephony process writes into a journal', () => {
  it('stands there while the call goes on, also when the disk was full as it began', async () => {
    await appendJournal(spool, CALL, begin());
    await journal.write(CALL, { e: 'claimed' });
    expect(await eventsNow()).toEqual(['begin', 'claimed']);
    await writeFile(journalPath(spool, CALL), '');
    await journal.write(CALL, { e: 'claimed' });
    expect(await eventsNow()).toEqual(['claimed']);
  });

  it('never comes after the end', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, entry('end', 9, { cause: '16', by: 'caller' }));
    await journal.write(CALL, LATE);
    expect(await eventsNow()).toEqual(['begin', 'end']);
  });

  it('does not bring back a journal that was taken away with its sealed recording', async () => {
    await journal.write(CALL, LATE);
    expect(await readdir(spool)).toEqual([]);
  });

  it('makes a journal when a call begins', async () => {
    const nothingKnown = { trunk: '', line: '', dialled: '', number: '', channel: '' };
    await journal.write(CALL, { e: 'begin', direction: 'incoming', presentation: 'unavailable', ...nothingKnown });
    expect(await eventsNow()).toEqual(['begin']);
  });
});
