import { describe, expect, it } from '@jest/globals';
import { endingArmedUntil, isEnding } from './call-ending.ts';
import { begin, entry } from './journal.fixture.ts';
import { parkedAt, talkingPhone } from './talking-phone.ts';

const armed = entry('ending-armed', 10, { phone: 'p201' });

describe('the end of a call', () => {
  it('stays armed for 30 seconds, counted from the last press', () => {
    expect(endingArmedUntil([begin()])).toBeNull();
    expect(endingArmedUntil([begin(), armed])).toEqual(new Date(1_763_700_040_000));
    expect(endingArmedUntil([begin(), armed, entry('ending-armed', 50, { phone: 'p201' })])).toEqual(
      new Date(1_763_700_080_000),
    );
  });

  it('is armed no more once it is confirmed or taken back', () => {
    expect(endingArmedUntil([begin(), armed, entry('ending-confirmed', 12, { phone: 'p201' })])).toBeNull();
    expect(endingArmedUntil([begin(), armed, entry('ending-cancelled', 12, { user: 'somebody' })])).toBeNull();
  });
});

describe('an end that is announced', () => {
  const confirmed = [begin(), armed, entry('ending-confirmed', 12, { phone: 'p201' })];
  const begun = [...confirmed, entry('announcement', 12, { notice: 'ending', phone: 'p201' })];

  it('is one from its confirmation to the end of the announcement', () => {
    expect([isEnding([begin(), armed]), isEnding(confirmed), isEnding(begun)]).toEqual([false, true, true]);
    expect(isEnding([...begun, entry('announcement-ended', 15, { notice: 'ending', heard: 'cut' })])).toBe(false);
  });
});

describe('the phone in a conversation', () => {
  const answered = entry('answered', 5, { phone: 'p201' });
  const moved = entry('transferred', 8, { phone: 'p201', to: 'p202' });

  it('is the one that answered or took over, until it leaves or parks', () => {
    expect(talkingPhone([begin()])).toBeNull();
    expect(talkingPhone([begin(), answered])).toBe('p201');
    expect(talkingPhone([begin(), answered, moved])).toBe('p202');
    expect(talkingPhone([begin(), answered, entry('left', 8, { phone: 'p201' })])).toBeNull();
    expect(talkingPhone([begin(), answered, entry('parked', 8, { slot: '1', phone: 'p201' })])).toBeNull();
  });

  it.each([
    ['after', [answered, moved, entry('left', 8.1, { phone: 'p201' })]],
    ['before', [answered, entry('left', 7.9, { phone: 'p201' }), moved]],
  ])(
    'is none while one rings to which it was handed on unasked, with who did so told to have left %s',
    (_, journal) => {
      expect(talkingPhone([begin(), ...journal])).toBeNull();
      expect(talkingPhone([begin(), ...journal, entry('answered', 12, { phone: 'p202' })])).toBe('p202');
      const back = [
        entry('not-reached', 30, { phone: 'p202', status: 'BUSY' }),
        entry('answered', 32, { phone: 'p201' }),
      ];
      expect(talkingPhone([begin(), ...journal, ...back])).toBe('p201');
    },
  );

  it('is at a numbered place while it is parked', () => {
    const parked = entry('parked', 8, { slot: '3', phone: 'p201' });
    expect(parkedAt([begin(), answered, parked])).toBe('3');
    expect(parkedAt([begin(), answered, parked, entry('unparked', 9, { by: 'phone' })])).toBeNull();
  });
});
