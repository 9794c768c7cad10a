import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../platform/errors.ts';
import { decodeCursor, encodeCursor } from './call-cursor.ts';

const position = fc.record({
  id: fc.uuid(),
  startedAt: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
});

describe('a cursor', () => {
  it('leads back to where it was made', () => {
    fc.assert(fc.property(position, (where) => expect(decodeCursor(encodeCursor(where))).toEqual(where)));
  });

  it('is refused, never misread, when it is not one of ours', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map((s) => Buffer.from(s).toString('base64url')),
        ),
        (text) => {
          expect(() => decodeCursor(text)).toThrow(InvalidInputError);
        },
      ),
    );
  });

  it.each(['', 'null', `${encodeCursor({ startedAt: new Date(1), id: crypto.randomUUID() })}=`])(
    'is refused when it has been changed: %s',
    (text) => {
      expect(() => decodeCursor(text)).toThrow(InvalidInputError);
    },
  );
});
