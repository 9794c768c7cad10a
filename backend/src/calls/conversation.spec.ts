import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { namesIn } from './call-names.ts';
import { missedEvents, type PresentPhone, tellsPresent } from './conversation.ts';
import { testDocument } from './doubles.fixture.ts';
import { begin, entry, validJournal } from './journal.fixture.ts';
import type { JournalEntry } from './journal.schema.ts';

const names = namesIn(testDocument);
const present = (phone: string, holding = false): PresentPhone => ({ phone, holding });
const answered = [begin(), entry('ringing', 1, { desk: 'citizens' }), entry('answered', 2, { phone: 'p201' })];
const missed = (journal: JournalEntry[], ...phones: PresentPhone[]) => missedEvents(journal, phones, names);

describe('a conversation as Asterisk shows it', () => {
  it('misses nothing when the journal tells of the same', () => {
    expect(missed(answered, present('p201'))).toEqual([]);
    expect(missed([...answered, entry('held', 3, { phone: 'p201' })], present('p201', true))).toEqual([]);
  });

  it('tells that a phone holds, or does no longer', () => {
    expect(missed(answered, present('p201', true))).toEqual([{ type: 'held', phone: 'p201' }]);
    const held = [...answered, entry('held', 3, { phone: 'p201' })];
    expect(missed(held, present('p201'))).toEqual([{ type: 'resumed', phone: 'p201' }]);
  });

  it('says nothing of who comes and goes: the dialplan tells that', () => {
    expect(missed(answered)).toEqual([]);
    expect(missed(answered, present('p202', true))).toEqual([]);
  });

  it('is known again, whatever was missed, once what was found stands in the journal', () => {
    const phones = fc.constantFrom('p201', 'p202');
    fc.assert(
      fc.property(validJournal, phones, fc.boolean(), (journal, phone, holding) => {
        const before = journal.slice(0, -1);
        const made = missed(before, present(phone, holding)).map((event) =>
          entry(event.type, 9_000_000, { phone: event.phone }),
        );
        const after = [...before, ...made];
        if (tellsPresent(before, names).has(phone)) expect(tellsPresent(after, names).get(phone)).toBe(holding);
        expect(missed(after, present(phone, holding))).toEqual([]);
      }),
    );
  });
});
