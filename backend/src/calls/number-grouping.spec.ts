import { describe, expect, it } from '@jest/globals';
import { formatNumber } from './number-grouping.ts';

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
