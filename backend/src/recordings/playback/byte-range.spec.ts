import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseByteRange } from './byte-range.ts';

const WHOLE = { kind: 'whole' };
const UNSATISFIABLE = { kind: 'unsatisfiable' };
const part = (first: number, last: number) => ({ kind: 'part', first, last });

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-499', part(0, 499)],
    ['bytes=500-999', part(500, 999)],
    ['bytes=9500-', part(9500, 9999)],
    ['bytes=-500', part(9500, 9999)],
    ['bytes=0-0', part(0, 0)],
    ['bytes=9999-9999', part(9999, 9999)],
    ['bytes=0-', part(0, 9999)],
    ['bytes=0-99999', part(0, 9999)],
    ['bytes=-99999', part(0, 9999)],
    ['Bytes= 1-2 ', part(1, 2)],
  ])('%s is answered in part', (header, range) => {
    expect(parseByteRange(header, 10_000)).toEqual(range);
  });

  it.each([undefined, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=a-b', 'bytes=0x1-5', 'bytes=1.5-2'])(
    '%s is no range, so the whole answers it',
    (header) => expect(parseByteRange(header, 10_000)).toEqual(WHOLE),
  );

  it.each(['items=0-5', 'bytes=0-1,5-9', 'bytes=0-1, -1', 'bytes=--5', 'bytes=5--', 'bytes=99999999999999999999-'])(
    '%s is not supported, so the whole answers it',
    (header) => expect(parseByteRange(header, 10_000)).toEqual(WHOLE),
  );

  it.each(['bytes=10000-', 'bytes=10000-10001', 'bytes=-0'])('%s lies outside', (header) => {
    expect(parseByteRange(header, 10_000)).toEqual(UNSATISFIABLE);
  });

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of nothing lies outside', (header) => {
    expect(parseByteRange(header, 0)).toEqual(UNSATISFIABLE);
  });

  it('never leaves the content, whatever is asked', () => {
    const number = fc.oneof(fc.nat(300), fc.bigInt({ min: 0n }), fc.constant(''));
    const header = fc.oneof(
      fc.tuple(number, number).map(([from, to]) => `bytes=${from}-${to}`),
      fc.string().map((text) => `bytes=${text}`),
      fc.string(),
    );
    fc.assert(
      fc.property(header, fc.nat(200), (text, size) => {
        const range = parseByteRange(text, size);
        if (range.kind !== 'part') return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(size);
      }),
    );
  });

  it('gives exactly what was asked when it lies inside', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.integer({ min: 201, max: 400 }), (first, more, size) => {
        expect(parseByteRange(`bytes=${first}-${first + more}`, size)).toEqual(part(first, first + more));
      }),
    );
  });
});
