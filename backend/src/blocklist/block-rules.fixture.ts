import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { nationalNumber, withPlus } from '../calls/number-folding.ts';
import type { ApprovedRule, IncomingCaller } from './block-decision.ts';
import { astDbKeys } from './astdb-copy.ts';
import {
  BLOCK_ACTION_TYPES,
  BLOCK_CAUSES,
  type BlockAction,
  type BlockMatch,
  CALLER_CLASSES,
} from './block-rule.schema.ts';

const HOUR_MS = 3_600_000;

export const approvedRule = (match: BlockMatch, rule: Partial<ApprovedRule> = {}): ApprovedRule => ({
  id: randomUUID(),
  match,
  lines: null,
  action: { type: 'refuse', cause: 'refused' },
  startsAt: new Date(0),
  expiresAt: null,
  ...rule,
});

/** Few digits, so that rules and callers meet; some of them abroad, as one carrier shows it or another. */
const number = fc
  .tuple(
    fc.constantFrom('0', '0', '0', '+', '010'),
    fc.string({ unit: fc.constantFrom('1', '3', '5'), minLength: 2, maxLength: 9 }),
  )
  .map(([before, digits]) => nationalNumber(before + digits));
/** As rules have it. */
const ruled = number.map(withPlus);

export const anyCaller: fc.Arbitrary<IncomingCaller> = fc
  .record({
    presentation: fc.constantFrom('shown', 'shown', 'shown', 'shown', 'withheld', 'payphone', 'unavailable'),
    number,
    line: fc.constantFrom('main', 'other'),
  })
  .map(({ presentation, number: shown, line }) => ({
    presentation,
    number: presentation === 'shown' ? shown : null,
    line,
  }));

export const anyAction: fc.Arbitrary<BlockAction> = fc.oneof(
  fc.constantFrom(...BLOCK_CAUSES).map((cause) => ({ type: 'refuse', cause }) as const),
  fc.constantFrom(...BLOCK_ACTION_TYPES).map((type): BlockAction => {
    if (type === 'refuse') return { type, cause: 'busy' };
    return type === 'desk' ? { type, desk: 'shimin' } : { type };
  }),
);

/** Hours from `now` in which a rule is in force. */
const period = fc.constantFrom<[number, number | null]>([-2, null], [-2, 2], [-2, -1], [1, 2], [1, null]);

const match: fc.Arbitrary<BlockMatch> = fc.oneof(
  fc.record({ kind: fc.constant('exact'), number: ruled }),
  fc.record({ kind: fc.constant('prefix'), number: ruled.map((it) => (it.startsWith('+1') ? '+' : it.slice(0, 6))) }),
  fc.record({ kind: fc.constantFrom(...CALLER_CLASSES) }),
);

/** Approved rules as the table may hold them: none of the same callers and lines overlap in time. */
export const anyRules = (now: Date, action = anyAction, minLength = 0): fc.Arbitrary<ApprovedRule[]> =>
  fc
    .array(
      fc.record({
        match,
        action,
        period,
        lines: fc.constantFrom(null, ['main'], ['other'], ['main', 'other']),
        id: fc.uuid(),
      }),
      { minLength, maxLength: minLength + 60 },
    )
    .map((drafts) => {
      const taken = new Set<string>();
      return drafts.flatMap(({ period: [from, to], ...rule }) => {
        const at = (hours: number) => new Date(Math.floor(now.getTime() / 1000) * 1000 + hours * HOUR_MS);
        const approved = { ...rule, startsAt: at(from), expiresAt: to === null ? null : at(to) };
        const keys = astDbKeys(approved);
        if (keys.some((key) => taken.has(key))) return [];
        keys.forEach((key) => taken.add(key));
        return [approved];
      });
    });
