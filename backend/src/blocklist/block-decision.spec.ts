import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { astDbKeys, astDbValues } from './astdb-copy.ts';
import {
  type ApprovedRule,
  callerKeys,
  decideBlock,
  type IncomingCaller,
  matchKeyOf,
  matchOfKey,
} from './block-decision.ts';
import { anyCaller, anyRules, approvedRule } from './block-rules.fixture.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const NUMBER = '0312345678';
const caller = (more: Partial<IncomingCaller> = {}): IncomingCaller => ({
  presentation: 'shown',
  number: NUMBER,
  line: 'main',
  ...more,
});
function decide(rules: readonly ApprovedRule[], who = caller(), at = NOW): ApprovedRule | null {
  const byKey = Map.groupBy(rules, ({ match }) => matchKeyOf(match));
  return decideBlock(who, (key) => byKey.get(key) ?? [], at);
}

describe('which rule counts', () => {
  it('is the exact number, then the longest beginning, then the class; at each the line before all lines', () => {
    const inOrder = [
      approvedRule({ kind: 'exact', number: '031234' }, { lines: ['main'] }),
      approvedRule({ kind: 'exact', number: '031234' }),
      approvedRule({ kind: 'prefix', number: '0312' }, { lines: ['main'] }),
      approvedRule({ kind: 'prefix', number: '0312' }),
      approvedRule({ kind: 'prefix', number: '03' }, { lines: ['main', 'other'] }),
      approvedRule({ kind: 'prefix', number: '03' }),
      approvedRule({ kind: 'invalid' }, { lines: ['main'] }),
      approvedRule({ kind: 'invalid' }),
    ];
    const rules = inOrder.toReversed();
    for (const expected of inOrder) {
      expect(decide(rules, caller({ number: '031234' }))).toBe(expected);
      rules.splice(rules.indexOf(expected), 1);
    }
    expect(decide(rules)).toBeNull();
  });

  it('knows a number abroad however the carrier shows it, and all of them by the plus', () => {
    const rules = [
      approvedRule({ kind: 'exact', number: '+442079460958' }),
      approvedRule({ kind: 'prefix', number: '+44' }),
      approvedRule({ kind: 'prefix', number: '+' }),
    ];
    for (const rule of rules.slice()) {
      for (const number of ['+442079460958', '010442079460958']) expect(decide(rules, caller({ number }))).toBe(rule);
      rules.shift();
    }
    const all = approvedRule({ kind: 'prefix', number: '+' });
    for (const number of ['010', '0100', '0112223333']) expect(decide([all], caller({ number }))).toBeNull();
  });

  it('takes a number as invalid only when it can be none', () => {
    const invalid = approvedRule({ kind: 'invalid' });
    expect(decide([invalid])).toBeNull();
    expect(decide([invalid], caller({ number: '03123' }))).toBe(invalid);
  });

  it('knows callers who show no number by their class alone, whatever the trunk may tell', () => {
    const rules = (['withheld', 'payphone', 'unavailable'] as const).map((kind) => approvedRule({ kind }));
    const byNumber = [approvedRule({ kind: 'exact', number: NUMBER }), approvedRule({ kind: 'invalid' })];
    for (const [index, presentation] of (['withheld', 'payphone', 'unavailable'] as const).entries()) {
      expect(decide([...byNumber, ...rules], caller({ presentation }))).toBe(rules[index]);
      expect(decide(byNumber, caller({ presentation }))).toBeNull();
    }
  });

  it('passes over rules of other lines, and over those not yet or no longer in force', () => {
    const exact = { kind: 'exact', number: NUMBER } as const;
    const later = new Date('2026-11-22T10:00:01Z');
    expect(decide([approvedRule(exact, { lines: ['other'] })])).toBeNull();
    expect(decide([approvedRule(exact, { startsAt: later })])).toBeNull();
    expect(decide([approvedRule(exact, { expiresAt: NOW })])).toBeNull();
    expect(decide([approvedRule(exact, { startsAt: NOW, expiresAt: later })])).not.toBeNull();
  });

  it('is always one that is in force, of the line or all, and matches; and one there is whenever any does', () => {
    fc.assert(
      fc.property(anyRules(NOW), anyCaller, (rules, who) => {
        const fits = ({ match, lines, startsAt, expiresAt }: ApprovedRule) =>
          callerKeys(who).includes(matchKeyOf(match)) &&
          (lines === null || lines.includes(who.line)) &&
          startsAt <= NOW &&
          (expiresAt === null || NOW < expiresAt);
        const chosen = decide(rules, who);
        if (chosen) expect(fits(chosen)).toBe(true);
        else expect(rules.some(fits)).toBe(false);
      }),
    );
  });
});

describe('a match key', () => {
  it('says all of the match', () => {
    fc.assert(
      fc.property(anyRules(NOW), (rules) => {
        for (const { match } of rules) expect(matchOfKey(matchKeyOf(match))).toEqual(match);
      }),
    );
  });
});

describe('the copy for AstDB', () => {
  it('has a value a key, in whole seconds, with what the dialplan needs', () => {
    const rule = approvedRule(
      { kind: 'prefix', number: '0312' },
      { lines: ['main', 'tax-office'], expiresAt: new Date(5000), action: { type: 'desk', desk: 'shimin' } },
    );
    const value = `0/5/desk/shimin/${rule.id}`;
    expect([...astDbValues([rule])]).toEqual([
      ['prefix/0312/main', value],
      ['prefix/0312/tax-office', value],
    ]);
    const [refusing] = astDbValues([
      approvedRule({ kind: 'withheld' }, { id: 'x', action: { type: 'refuse', cause: 'busy' } }),
    ]);
    expect(refusing).toEqual(['withheld', '0/0/refuse/17/x']);
  });

  it('fits into one header of AMI, and holds nothing but letters, digits and a few signs', () => {
    fc.assert(
      fc.property(anyRules(NOW), (rules) => {
        for (const [key, value] of astDbValues(rules)) {
          expect(value.length).toBeLessThan(1000);
          expect(`${key}&${value}`).toMatch(/^[0-9a-z/&+-]+$/);
        }
        expect(new Set(rules.flatMap(astDbKeys))).toEqual(new Set(astDbValues(rules).keys()));
      }),
    );
    const five = Array.from({ length: 5 }, () =>
      approvedRule(
        { kind: 'withheld' },
        { startsAt: NOW, expiresAt: NOW, action: { type: 'desk', desk: 'd'.repeat(40) } },
      ),
    );
    expect(astDbValues(five).get('withheld')?.length).toBeLessThan(1000);
  });
});
