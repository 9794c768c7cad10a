import { describe, expect, it } from '@jest/globals';
import { foldNumber, formatNumber, isNumberPart } from './phone-number.ts';

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

describe('a number for reading', () => {
  it.each([
    ['09012345678', '090-1234-5678'],
    ['05012345678', '050-1234-5678'],
    ['06012345678', '060-1234-5678'],
    ['0120444113', '0120-444-113'],
    ['08001234567', '0800-123-4567'],
    ['0570012345', '0570-012-345'],
    ['0312345678', '03-1234-5678'],
    ['0452221234', '045-222-1234'],
  ])('%s is grouped as %s', (number, grouped) => {
    expect(formatNumber(number)).toBe(grouped);
  });

  it.each(['0267123456', '0998761234', '110', '201', '+14155550123', '0312345', '090123456789'])(
    '%s stays as it is, because its grouping is not certain',
    (number) => {
      expect(formatNumber(number)).toBe(number);
    },
  );
});
