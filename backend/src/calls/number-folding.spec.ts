import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { foldNumber } from './number-folding.ts';

describe('a number as people write it', () => {
  it.each([
    ['03-1234-5678', '0312345678'],
    ['０３－１２３４－５６７８', '0312345678'],
    ['(03) 1234 5678', '0312345678'],
    ['（０３）1234・5678', '0312345678'],
    ['03ー1234ー5678', '0312345678'],
    ['03−1234−5678', '0312345678'],
    ['+81 3-1234-5678', '0312345678'],
    ['+81 (0)3 1234 5678', '0312345678'],
    ['＋８１９０１２３４５６７８', '09012345678'],
    ['+1 212 555 0100', '+12125550100'],
    ['184 03-1234-5678', '0312345678'],
    ['１８６０９０１２３４５６７８', '09012345678'],
    ['18403', '18403'],
    ['110', '110'],
    ['1234', '1234'],
  ])('%s is searched as %s', (written, folded) => {
    expect(foldNumber(written)).toBe(folded);
  });

  it.each(['', '-', '田中', '03-abcd', '%', '_', "0'; DROP TABLE calls; --", '+', '0+81'])('%s is none', (written) => {
    expect(foldNumber(written)).toBeNull();
  });

  it('is digits, with a plus only in front, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => expect(foldNumber(text) ?? '0').toMatch(/^\+?[0-9]+$/)),
    );
  });
});
