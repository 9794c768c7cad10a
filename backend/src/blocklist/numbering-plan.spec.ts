import { describe, expect, it } from '@jest/globals';
import { isPossibleNumber, NUMBER_PATTERNS } from './numbering-plan.ts';

describe('a number by the numbering plan', () => {
  it.each([
    ...['0312345678', '0612345678', '0121234567', '0998312345', '0120123456', '0570012345', '0800123456' + '7'],
    ...['05012345678', '06012345678', '07012345678', '08012345678', '09012345678', '02012345678', '02001234567890'],
    ...['110', '118', '119', '188', '+12125550100', '+8613812345678', '+4930123456'],
  ])('%s is possible', (number) => expect(isPossibleNumber(number)).toBe(true));

  it.each([
    ...[
      '',
      '0',
      '031234567',
      '03123456789',
      '312345678',
      '0012345678',
      '0901234567',
      '090123456789',
      '0108613812345678',
    ],
    ...['8613812345678', '+', '+81', '+0312345678', '+1234567890123456', '911', '1100', '0312345678#', '*31', 'x'],
  ])('%s is none', (number) => expect(isPossibleNumber(number)).toBe(false));

  it('is written in patterns that Asterisk and we read alike', () => {
    for (const pattern of NUMBER_PATTERNS) expect(pattern).toMatch(/^\+?[0-9XZ[\]]+$/);
  });
});
