import { describe, expect, it } from '@jest/globals';
import { foldNumber, isNumberPart } from './phone-number.ts';

describe('folding a typed number', () => {
  it.each([
    ['03-1234-5678', '0312345678'],
    ['０３（１２３４）５６７８', '0312345678'],
    ['０９０ー１２３４−５６７８', '09012345678'],
    ['ｰ1234', '1234'],
    ['+81 90 1234 5678', '09012345678'],
    ['+81 0 90 1234', '0901234'],
    ['+1 415 555 0123', '+14155550123'],
    ['', ''],
  ])('%s is searched for as %s', (typed, folded) => {
    expect(foldNumber(typed)).toBe(folded);
  });

  it('knows what cannot be part of a number', () => {
    expect(isNumberPart(foldNumber('山田'))).toBe(false);
    expect(isNumberPart(foldNumber('12-34'))).toBe(true);
  });
});
