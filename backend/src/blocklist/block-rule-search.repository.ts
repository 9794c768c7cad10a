import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { CallPosition } from '../calls/call-cursor.ts';
import { withPlus } from '../calls/number-folding.ts';
import { UserEntity } from '../people/user.entity.ts';
import { callerKeys } from './block-decision.ts';
import { BlockRuleEntity } from './block-rule.entity.ts';
import type { BlockActionType, BlockKind, BlockRuleState } from './block-rule.schema.ts';
import { REVIEW_DUE_SQL, STATE_SQL } from './block-rule-state.ts';

export interface BlockRuleCriteria {
  /** Folded. */
  number?: string;
  kind?: BlockKind;
  action?: BlockActionType;
  state?: BlockRuleState;
  reviewDue?: true;
  batch?: string;
}

/** A rule, with the names of those who decided on it and what it has done. */
export interface FoundRule {
  rule: BlockRuleEntity;
  proposerName: string;
  approverName: string | null;
  withdrawerName: string | null;
  hits: number;
  lastHitAt: Date | null;
}

interface Raw {
  proposer_name: string;
  approver_name: string | null;
  withdrawer_name: string | null;
  hits: string;
  last_hit_at: Date | null;
}

export interface FoundHit {
  callId: string;
  startedAt: Date;
  action: BlockActionType;
  lineId: string | null;
  lineName: string | null;
}

const CAUGHT = 'FROM calls WHERE block_rule_id = rule.id';

/** The reading side of block rules. */
@Injectable()
export class BlockRuleSearchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns rules newest first, at most `limit`, all older than `after` */
  async search(
    criteria: BlockRuleCriteria,
    at: { now: Date; today: string },
    after: CallPosition | null,
    limit: number,
  ): Promise<FoundRule[]> {
    const query = this.told().orderBy('rule.proposedAt', 'DESC').addOrderBy('rule.id', 'DESC').limit(limit);
    query.setParameters(at);
    narrow(query, criteria);
    if (after) {
      const before = { afterAt: after.startedAt, afterId: after.id };
      query.andWhere('(rule.proposedAt, rule.id) < (:afterAt, :afterId)', before);
    }
    return found(query);
  }

  async find(id: string): Promise<FoundRule | null> {
    return (await found(this.told().where('rule.id = :id', { id })))[0] ?? null;
  }

  /** Calls a rule has caught, newest first. */
  async hits(ruleId: string, after: CallPosition | null, limit: number): Promise<FoundHit[]> {
    return this.dataSource.query(
      `SELECT id AS "callId", started_at AS "startedAt", block_action AS action, line_id AS "lineId",
         line_name AS "lineName"
       FROM calls WHERE block_rule_id = $1 AND ($2::timestamptz IS NULL OR (started_at, id) < ($2, $3::uuid))
       ORDER BY started_at DESC, id DESC LIMIT $4`,
      [ruleId, after?.startedAt ?? null, after?.id ?? null, limit],
    );
  }

  /** Rules whose review date is today or past. */
  async reviewsDue(at: { now: Date; today: string }): Promise<number> {
    return this.dataSource.manager.createQueryBuilder(BlockRuleEntity, 'rule').where(REVIEW_DUE_SQL, at).getCount();
  }

  private told(): SelectQueryBuilder<BlockRuleEntity> {
    return this.dataSource.manager
      .createQueryBuilder(BlockRuleEntity, 'rule')
      .innerJoin(UserEntity, 'proposer', 'proposer.id = rule.proposed_by')
      .leftJoin(UserEntity, 'approver', 'approver.id = rule.approved_by')
      .leftJoin(UserEntity, 'withdrawer', 'withdrawer.id = rule.withdrawn_by')
      .addSelect('proposer.name', 'proposer_name')
      .addSelect('approver.name', 'approver_name')
      .addSelect('withdrawer.name', 'withdrawer_name')
      .addSelect(`(SELECT count(*) ${CAUGHT})`, 'hits')
      .addSelect(`(SELECT max(started_at) ${CAUGHT})`, 'last_hit_at');
  }
}

function narrow(query: SelectQueryBuilder<BlockRuleEntity>, criteria: BlockRuleCriteria): void {
  const { number, kind, action, state, reviewDue, batch } = criteria;
  if (number !== undefined) {
    const keys = callerKeys({ presentation: 'shown', number });
    const part = `%/%${withPlus(number)}%`;
    query.andWhere('(rule.match_key = ANY(:keys) OR rule.match_key LIKE :part)', { keys, part });
  }
  if (kind) query.andWhere(`split_part(rule.match_key, '/', 1) = :kind`, { kind });
  if (action) query.andWhere(`rule.action->>'type' = :action`, { action });
  if (state) query.andWhere(STATE_SQL[state]);
  if (reviewDue) query.andWhere(REVIEW_DUE_SQL);
  if (batch) query.andWhere('rule.batch = :batch', { batch });
}

async function found(query: SelectQueryBuilder<BlockRuleEntity>): Promise<FoundRule[]> {
  const { entities, raw } = await query.getRawAndEntities<Raw>();
  return entities.flatMap((rule, index) => {
    const more = raw[index];
    if (!more) return [];
    const { proposer_name: proposerName, approver_name: approverName, withdrawer_name: withdrawerName } = more;
    const { hits, last_hit_at: lastHitAt } = more;
    return [{ rule, proposerName, approverName, withdrawerName, hits: Number(hits), lastHitAt }];
  });
}
