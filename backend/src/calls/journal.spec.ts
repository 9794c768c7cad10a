import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { begin, entry, validJournal } from './journal.fixture.ts';
import {
  appendJournal,
  callOfSpoolFile,
  instantOf,
  isOver,
  journalInstant,
  journalPath,
  listJournals,
  parseJournal,
  readJournal,
} from './journal.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const OTHER = '6d1f7c1e-0000-4000-8000-000000000002';
const EPOCH = new Date(1_700_000_000_000);
const lines = (...entries: unknown[]) => entries.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('the text of a journal', () => {
  it('gives its entries in order', () => {
    const journal = [begin(), entry('recorder', 0.01, {}), entry('end', 9, { cause: '16', by: 'caller' })];
    expect(parseJournal(lines(...journal), EPOCH)).toEqual(journal);
  });

  it('hides a last line that is still being written', () => {
    const text = lines(begin()) + '{"e":"end","at":"17637';
    expect(parseJournal(text, EPOCH)).toEqual([begin()]);
  });

  it('shows a line that is no entry as a fault at the time of the line before', () => {
    const text = lines(begin()) + '{"e":"ri\n' + lines({ e: 'unheard-of', at: '1763700001.000' });
    expect(parseJournal(text, EPOCH).slice(1)).toEqual([
      entry('fault', 0, { reason: 'journal-malformed' }),
      entry('fault', 0, { reason: 'journal-malformed' }),
    ]);
  });

  it('shows a line with a NUL, which the database would refuse, as a fault', () => {
    expect(parseJournal(lines(begin({ dialled: '03\u00001' })), EPOCH)).toEqual([
      { e: 'fault', at: '1700000000.000', reason: 'journal-malformed' },
    ]);
  });

  it('dates a malformed first line by the file', () => {
    expect(parseJournal('garbage\n', EPOCH)).toEqual([
      { e: 'fault', at: '1700000000.000', reason: 'journal-malformed' },
    ]);
  });

  it.each(['withheld', 'payphone', 'unavailable'] as const)('gives no number of a %s call', (presentation) => {
    const text = lines(begin({ presentation, number: '0901234567' }));
    expect(JSON.stringify(parseJournal(text, EPOCH))).not.toContain('0901234567');
  });

  it('can be cut anywhere: what was whole is read, nothing is invented', () => {
    fc.assert(
      fc.property(validJournal, fc.double({ min: 0, max: 1, noNaN: true }), (journal, share) => {
        const text = lines(...journal);
        const cut = text.slice(0, Math.floor(text.length * share));
        const read = parseJournal(cut, EPOCH);
        expect(read).toHaveLength(cut.split('\n').length - 1);
        expect(read.every(({ e }, index) => e === journal[index]?.e)).toBe(true);
      }),
    );
  });
});

describe('a journal in the spool', () => {
  let spool: string;
  beforeEach(async () => {
    spool = await mkdtemp(join(tmpdir(), 'denwaban-spool-'));
  });
  afterEach(() => rm(spool, { recursive: true }));

  it('is empty while there is none', async () => {
    expect(await readJournal(spool, CALL)).toEqual([]);
  });

  it('reads back what was appended', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, CALL, entry('claimed', 1, {}));
    expect(await readJournal(spool, CALL)).toEqual([begin(), entry('claimed', 1, {})]);
  });

  it('keeps a new line apart from one that was torn', async () => {
    await writeFile(journalPath(spool, CALL), lines(begin()) + '{"e":"ringi');
    await appendJournal(spool, CALL, entry('end', 5, { cause: '0', by: 'lost' }));
    expect((await readJournal(spool, CALL)).map(({ e }) => e)).toEqual(['begin', 'fault', 'end']);
  });

  it('keeps lines whole when they are appended all at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => appendJournal(spool, CALL, entry('claimed', 1, {}))));
    expect(await readJournal(spool, CALL)).toHaveLength(50);
    expect((await readFile(journalPath(spool, CALL), 'utf8')).split('\n')).toHaveLength(51);
  });

  it('is found among the files of the spool', async () => {
    await appendJournal(spool, CALL, begin());
    await appendJournal(spool, OTHER, begin());
    await writeFile(join(spool, `${CALL}.raw`), '');
    await writeFile(join(spool, 'notes.jsonl'), '');
    expect((await listJournals(spool)).sort()).toEqual([CALL, OTHER]);
  });
});

describe('a file of the spool', () => {
  it.each([
    [`${CALL}.jsonl`, { callId: CALL, file: 'journal' }],
    [`${CALL}.raw`, { callId: CALL, file: 'raw-audio' }],
    [`${CALL}.raw.tmp`, null],
    ['../etc.jsonl', null],
  ])('%s belongs to %j', (name, belongs) => {
    expect(callOfSpoolFile(name)).toEqual(belongs);
  });
});

describe('instants', () => {
  it('survive the way into the journal and back to the millisecond', () => {
    const at = new Date(1_763_700_123_457);
    expect(instantOf({ at: journalInstant(at) })).toEqual(at);
  });

  it('tell when a call is over', () => {
    expect(isOver([begin()])).toBe(false);
    expect(isOver([begin(), entry('end', 1, { cause: '16', by: 'caller' })])).toBe(true);
  });
});
