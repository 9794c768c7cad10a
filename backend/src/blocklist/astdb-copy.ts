import { type ApprovedRule, BLOCK_CAUSE_Q850, matchKeyOf } from './block-decision.ts';
import type { BlockAction } from './block-rule.schema.ts';

/** Rules that take turns at one key and scope; a value of AstDB must fit into one header of AMI. */
export const MOST_PERIODS = 5;

const second = (at: Date): number => Math.floor(at.getTime() / 1000);

/** Keys of a rule in AstDB: one for all lines, or one for each of its lines. */
export function astDbKeys({ match, lines }: Pick<ApprovedRule, 'match' | 'lines'>): string[] {
  const key = matchKeyOf(match);
  return lines === null ? [key] : lines.map((line) => `${key}/${line}`);
}

function argumentOf(action: BlockAction): string {
  if (action.type === 'refuse') return String(BLOCK_CAUSE_Q850[action.cause]);
  return action.type === 'desk' ? action.desk : '-';
}

/**
 * What AstDB keeps of rules: `<first second>/<second of the end, 0 = none>/<action>/<argument>/<rule>`, joined by `&`.
 * `argument` is the Q.850 cause of `refuse`, the desk of `desk`. Read by context `block-period` of the dialplan.
 * @param rules all that are approved and not over at some keys
 * @returns values by key
 */
export function astDbValues(rules: readonly ApprovedRule[]): Map<string, string> {
  const periods = new Map<string, string[]>();
  for (const rule of rules) {
    const { id, action, startsAt, expiresAt } = rule;
    const period = [second(startsAt), expiresAt ? second(expiresAt) : 0, action.type, argumentOf(action), id].join('/');
    for (const key of astDbKeys(rule)) periods.set(key, [...(periods.get(key) ?? []), period]);
  }
  return new Map([...periods].map(([key, values]) => [key, values.slice(0, MOST_PERIODS).join('&')]));
}
