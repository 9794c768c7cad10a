import { describe, expect, it } from '@jest/globals';
import { smallOffice } from '../configuration/document.fixture.ts';
import type { BlockMatch } from './block-rule.schema.ts';
import { blockRuleProblemsIn, type ProposedRule } from './block-rule-problems.ts';
import { neverBlockedNumbers, whyNeverBlocked } from './never-blocked.ts';

const office = {
  ...smallOffice(),
  neverBlocked: [{ name: '電話リレーサービスの利用者', number: '+815012345678' }],
};
const numbers = neverBlockedNumbers(office);
const why = (match: BlockMatch, type: 'refuse' | 'flag' = 'refuse') =>
  whyNeverBlocked(match, type === 'refuse' ? { type, cause: 'refused' } : { type }, numbers);

describe('numbers that no rule may catch', () => {
  it('are lines, phones, numbers behind the pbx, emergency numbers and those of the document', () => {
    expect([...numbers.keys()].sort()).toEqual(
      ['0312345678', '201', '301', '3301', '05012345678', '110', '118', '119'].sort(),
    );
  });

  it.each([...numbers.keys()])('%s is refused, and so is every beginning of it', (number) => {
    expect(why({ kind: 'exact', number })).toContain(number);
    for (let length = 2; length <= number.length; length += 1) {
      expect(why({ kind: 'prefix', number: number.slice(0, length) }, 'flag')).not.toBeNull();
    }
  });

  it('are abroad in either form', () => {
    const abroad = neverBlockedNumbers({ ...office, neverBlocked: [{ name: '姉妹都市', number: '01012125550100' }] });
    for (const match of [
      { kind: 'exact', number: '+12125550100' },
      { kind: 'prefix', number: '+' },
    ] as const)
      expect(whyNeverBlocked(match, { type: 'flag' }, abroad)).toContain('姉妹都市');
  });

  it('are no obstacle to other numbers and classes', () => {
    expect(why({ kind: 'exact', number: '0312345679' })).toBeNull();
    expect(why({ kind: 'prefix', number: '03123456789' })).toBeNull();
    expect(why({ kind: 'withheld' })).toBeNull();
  });

  it('include whatever may be a relay service’s, unless the rule only marks or names an operator’s block', () => {
    const without = neverBlockedNumbers(smallOffice());
    const turnAway = { type: 'refusal-notice' } as const;
    for (const number of ['05', '050', '050123']) {
      expect(whyNeverBlocked({ kind: 'prefix', number }, turnAway, without)).toContain('電話リレーサービス');
      expect(whyNeverBlocked({ kind: 'prefix', number }, { type: 'flag' }, without)).toBeNull();
    }
    expect(whyNeverBlocked({ kind: 'prefix', number: '0501234' }, turnAway, without)).toBeNull();
  });
});

describe('what is wrong with a rule', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  const problems = (rule: Partial<ProposedRule>) =>
    blockRuleProblemsIn(
      office,
      now,
    )({
      match: { kind: 'exact', number: '0901234567' },
      action: { type: 'flag' },
      lines: null,
      reason: '迷惑電話',
      note: '',
      startsAt: now,
      expiresAt: null,
      reviewOn: '2027-03-31',
      ...rule,
    }).map(({ path }) => path);

  it('is told by place', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ match: { kind: 'exact', number: '312345679' } })).toEqual(['/match/number']);
    expect(problems({ match: { kind: 'prefix', number: '90' } })).toEqual(['/match/number']);
    expect(problems({ match: { kind: 'prefix', number: '+' } })).toEqual([]);
    expect(problems({ action: { type: 'desk', desk: 'none' }, lines: ['main', 'none'] })).toEqual([
      '/action/desk',
      '/lines',
    ]);
    expect(problems({ action: { type: 'ask-number' } })).toEqual(['/action']);
    expect(problems({ match: { kind: 'withheld' }, action: { type: 'ask-number' } })).toEqual([]);
    expect(problems({ expiresAt: now })).toEqual(['/expiresAt']);
    expect(problems({ startsAt: new Date(0), expiresAt: new Date(1000) })).toEqual(['/expiresAt']);
  });
});
