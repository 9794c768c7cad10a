import type { BlockRuleEntity } from './block-rule.entity.ts';
import type { BlockRuleState } from './block-rule.schema.ts';

type Times = Pick<BlockRuleEntity, 'approvedAt' | 'withdrawnAt' | 'startsAt' | 'expiresAt'>;

/** Where a rule stands at an instant. */
export function blockRuleState({ approvedAt, withdrawnAt, startsAt, expiresAt }: Times, at: Date): BlockRuleState {
  if (withdrawnAt !== null) return 'withdrawn';
  if (expiresAt !== null && expiresAt <= at) return 'expired';
  if (approvedAt === null) return 'proposed';
  return startsAt <= at ? 'in-force' : 'waiting';
}

/** The same for Postgres, of table `rule` at `:now`. */
export const STATE_SQL: Record<BlockRuleState, string> = {
  withdrawn: 'rule.withdrawn_at IS NOT NULL',
  expired: 'rule.withdrawn_at IS NULL AND rule.expires_at <= :now',
  proposed:
    'rule.withdrawn_at IS NULL AND rule.approved_at IS NULL AND (rule.expires_at IS NULL OR rule.expires_at > :now)',
  waiting:
    'rule.withdrawn_at IS NULL AND rule.approved_at IS NOT NULL AND (rule.expires_at IS NULL OR rule.expires_at > :now) AND rule.starts_at > :now',
  'in-force':
    'rule.withdrawn_at IS NULL AND rule.approved_at IS NOT NULL AND (rule.expires_at IS NULL OR rule.expires_at > :now) AND rule.starts_at <= :now',
};

/** A rule that acts, or is going to, and whose review date is today or past; `:today` is Japan's date. */
export const REVIEW_DUE_SQL = `rule.withdrawn_at IS NULL AND rule.approved_at IS NOT NULL
  AND (rule.expires_at IS NULL OR rule.expires_at > :now) AND rule.review_on <= :today`;

export const isReviewDue = (rule: Times & Pick<BlockRuleEntity, 'reviewOn'>, now: Date, today: string): boolean =>
  rule.approvedAt !== null && ['waiting', 'in-force'].includes(blockRuleState(rule, now)) && rule.reviewOn <= today;
