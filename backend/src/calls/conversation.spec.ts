import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { namesIn } from './call-names.ts';
import { missedEvents, type PresentPhone, tellsPresent } from './conversation.ts';
import { testDocument } from './doubles.fixture.ts';
import { begin, entry, validJournal } from './journal.fixture.ts';
import type { JournalEntry } from './journal.schema.ts';

const names = namesIn(testDocument);
const present = (phone: string, holding = false): PresentPhone => ({ phone, channelId: `channel-${phone}`, holding });
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

  it('tells who took over, from whom, whether that one’s leaving was journalled or not', () => {
    const taken = [{ type: 'taken-over', from: 'p201', by: present('p202') }];
    expect(missed(answered, present('p202'))).toEqual(taken);
    expect(missed([...answered, entry('left', 5, { phone: 'p201' })], present('p202'))).toEqual(taken);
    expect(missed([...answered, entry('held', 3, { phone: 'p201' })], present('p202'))).toEqual(taken);
  });

  it('of one of whom the journal says that it left is one in which it is again', () => {
    const left = [...answered, entry('left', 5, { phone: 'p201' })];
    expect(missed(left, present('p201'))).toEqual([{ type: 'taken-over', from: null, by: present('p201') }]);
  });

  it('with a phone more is no handing over: somebody may listen', () => {
    expect(missed(answered, present('p201'), present('p202'))).toEqual([]);
  });

  it('in which nobody is any more says nothing: the dialplan tells who has left', () => {
    expect(missed(answered)).toEqual([]);
  });

  it('is known again, whatever was missed, once what was found stands in the journal', () => {
    const phones = fc.constantFrom('p201', 'p202');
    fc.assert(
      fc.property(validJournal, phones, fc.boolean(), (journal, phone, holding) => {
        const before = journal.slice(0, -1);
        const found = missed(before, present(phone, holding));
        const made = found.map((event) => {
          if (event.type !== 'taken-over') return entry(event.type, 9_000_000, { phone: event.phone });
          if (event.from === null) return entry('answered', 9_000_000, { phone: event.by.phone });
          return entry('transferred', 9_000_000, { phone: event.from, to: event.by.phone });
        });
        const after = [...before, ...made];
        expect(tellsPresent(after, names).get(phone)).toBe(holding);
        expect(missed(after, present(phone, holding))).toEqual([]);
      }),
    );
  });
});
