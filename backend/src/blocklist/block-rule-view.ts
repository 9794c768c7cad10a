import { japanTime } from '../schedules/japan-time.ts';
import { matchOfKey } from './block-decision.ts';
import type { FoundHit, FoundRule } from './block-rule-search.repository.ts';
import type { BlockRule, BlockRuleHits } from './block-rule.schema.ts';
import { blockRuleState, isReviewDue } from './block-rule-state.ts';

/** Now, as instants and as Japan's calendar have it. */
export const momentAt = (now: Date) => ({ now, today: japanTime(now).date });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

export function toBlockRule(found: FoundRule, now: Date): BlockRule {
  const { rule, proposerName, approverName, withdrawerName, hits, lastHitAt } = found;
  const { id, matchKey, action, lines, reason, note, reviewOn, batch, withdrawnReason } = rule;
  const match = matchOfKey(matchKey);
  return {
    ...{ id, action, lines, reason, note, reviewOn, batch, withdrawnReason, hits },
    match: { kind: match.kind, number: 'number' in match ? match.number : null },
    state: blockRuleState(rule, now),
    proposedBy: { id: rule.proposedBy, name: proposerName },
    proposedAt: rule.proposedAt.toISOString(),
    approvedBy: person(rule.approvedBy, approverName),
    approvedAt: iso(rule.approvedAt),
    withdrawnBy: person(rule.withdrawnBy, withdrawerName),
    withdrawnAt: iso(rule.withdrawnAt),
    startsAt: rule.startsAt.toISOString(),
    expiresAt: iso(rule.expiresAt),
    reviewDue: isReviewDue(rule, now, momentAt(now).today),
    lastHitAt: iso(lastHitAt),
  };
}

export const toHit = ({ callId, startedAt, action, lineId, lineName }: FoundHit): BlockRuleHits['hits'][number] => ({
  callId,
  at: startedAt.toISOString(),
  action,
  line: lineId === null ? null : { id: lineId, name: lineName ?? lineId },
});
