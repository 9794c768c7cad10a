import type { Presentation } from '../calls/journal.schema.ts';
import { withPlus } from '../calls/number-folding.ts';
import { END_CAUSE_Q850 } from '../routing/decide.ts';
import type { BlockAction, BlockMatch } from './block-rule.schema.ts';
import { isPossibleNumber } from './numbering-plan.ts';

/** What the decision needs of a call that comes in. */
export interface IncomingCaller {
  presentation: Presentation;
  /** National form; null unless shown. */
  number: string | null;
  line: string;
}

/** What the decision needs of an approved rule. Times are whole seconds. */
export interface ApprovedRule {
  id: string;
  match: BlockMatch;
  /** null = all. */
  lines: readonly string[] | null;
  action: BlockAction;
  startsAt: Date;
  /** null = never. */
  expiresAt: Date | null;
}

/** By which a rule is looked up, e.g. `exact/0312345678`, `prefix/0312`, `withheld`. */
export const matchKeyOf = (match: BlockMatch): string =>
  'number' in match ? `${match.kind}/${match.number}` : match.kind;

/** The reverse of `matchKeyOf`. */
export function matchOfKey(key: string): BlockMatch {
  const [kind = '', number = ''] = key.split('/');
  return (number === '' ? { kind } : { kind, number }) as BlockMatch;
}

/**
 * Keys under which a rule for this caller may stand, in order of precedence: the exact number, its beginnings from the
 * longest to the shortest, then the class of the caller. A number that is not shown has no keys but its class.
 */
export function callerKeys({ presentation, number: shown }: Omit<IncomingCaller, 'line'>): string[] {
  if (presentation !== 'shown') return [presentation];
  if (shown === null || shown === '') return ['unavailable'];
  const number = withPlus(shown);
  const prefixes = Array.from(number, (_, index) => `prefix/${number.slice(0, number.length - index)}`);
  return [`exact/${number}`, ...prefixes, ...(isPossibleNumber(number) ? [] : ['invalid'])];
}

/**
 * Which rule counts for a caller. At each key a rule for the line goes before one for all lines; that no two of the same
 * key and scope are in force together is seen to when rules are approved.
 * @param rulesAt approved rules by `matchKeyOf`
 */
export function decideBlock(
  caller: IncomingCaller,
  rulesAt: (key: string) => readonly ApprovedRule[],
  at: Date,
): ApprovedRule | null {
  for (const key of callerKeys(caller)) {
    const inForce = rulesAt(key).filter((rule) => isInForce(rule, at));
    const rule =
      inForce.find(({ lines }) => lines?.includes(caller.line)) ?? inForce.find(({ lines }) => lines === null);
    if (rule) return rule;
  }
  return null;
}

export const isInForce = ({ startsAt, expiresAt }: Pick<ApprovedRule, 'startsAt' | 'expiresAt'>, at: Date): boolean =>
  startsAt <= at && (expiresAt === null || at < expiresAt);

/** Q.850 causes; before an answer Asterisk makes 403, 486, 480, 603 and 404 of them. */
export const BLOCK_CAUSE_Q850 = { ...END_CAUSE_Q850, 'no-such-number': 1 } as const;
