import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { AuditEventEntity } from '../audit/audit-event.entity.ts';
import type { AuditedAct } from '../audit/audit-trail.service.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import { MOST_PERIODS } from './astdb-copy.ts';
import { type ApprovedRule, matchOfKey } from './block-decision.ts';
import { BlockRuleEntity } from './block-rule.entity.ts';
import { approvalProblemsIn } from './block-rule-problems.ts';
import type { BlockRuleApproval, BlockRuleChange } from './block-rule.schema.ts';
import { blockRuleState } from './block-rule-state.ts';
import {
  BlockRuleInvalidError,
  BlockRuleNotProposedError,
  BlockRuleOverError,
  BlockRulesBusyError,
  BlockRulesOverlapError,
  OwnProposalError,
  TooManyPeriodsError,
} from './block-rules.errors.ts';

export type NewBlockRule = Pick<
  BlockRuleEntity,
  | 'id'
  | 'matchKey'
  | 'lines'
  | 'action'
  | 'reason'
  | 'note'
  | 'proposedBy'
  | 'proposedAt'
  | 'startsAt'
  | 'expiresAt'
  | 'reviewOn'
  | 'batch'
>;

/** Who acts, as the audit trail wants it. */
export interface Actor {
  userId: string;
  remoteAddress: string | null;
}

/** What of a rule says whether there is room for another. */
export type LivingRule = Pick<ApprovedRule, 'match' | 'startsAt' | 'expiresAt'> & { lines: string[] | null };

/** Rules at these keys, proposed or approved, that are neither over nor withdrawn; those just added among them. */
export type LivingRulesAt = (keys: readonly string[], now: Date) => Promise<LivingRule[]>;

export type SlicesOfRules = (
  livingAt: LivingRulesAt,
) => Iterable<readonly NewBlockRule[]> | AsyncIterable<readonly NewBlockRule[]>;

/** Any number that nothing else locks by. */
const LOCK = 1_163_021_930;
/** Rows of one statement: far from the longest it may take. */
const ROWS_AT_ONCE = 5000;

const OVER = `(rule.expires_at IS NOT NULL AND rule.expires_at <= $2)`;

const APPROVE = `
  UPDATE block_rules SET approved_by = $3, approved_at = $2, revision = nextval('block_rule_revisions')
  WHERE id = ANY($1)`;

/** Pairs of rules that would be in force for the same callers on the same line at the same time. $1 ids, $2 now. */
const OVERLAPS = `
  SELECT rule.id AS rule, other.id AS other FROM block_rules rule JOIN block_rules other
    ON other.match_key = rule.match_key AND other.id <> rule.id AND other.withdrawn_at IS NULL
   AND other.approved_at IS NOT NULL
   AND ((rule.lines IS NULL AND other.lines IS NULL) OR rule.lines && other.lines)
   AND tstzrange(rule.starts_at, rule.expires_at) && tstzrange(other.starts_at, other.expires_at)
   AND (other.expires_at IS NULL OR other.expires_at > $2)
  WHERE rule.id = ANY($1) LIMIT 100`;

/** The rows of each key first: left to itself, Postgres walks all keys in order to find one group, in seconds. */
const PERIODS = `
  WITH rule AS MATERIALIZED (
    SELECT rule.match_key, rule.lines FROM block_rules rule
    JOIN (SELECT DISTINCT match_key FROM block_rules WHERE id = ANY($1)) touched USING (match_key)
    WHERE rule.withdrawn_at IS NULL AND NOT ${OVER} AND rule.approved_at IS NOT NULL)
  SELECT 1 FROM rule CROSS JOIN unnest(coalesce(rule.lines, ARRAY[''])) AS line
  GROUP BY rule.match_key, line HAVING count(*) > ${MOST_PERIODS}`;

/**
 * The only place that writes block rules. Each change leaves its trace in the same transaction; changes follow one another,
 * so that revisions become visible in their order.
 */
@Injectable()
export class BlockRulesRepository {
  /** For which another's change is waited: less than a statement may take, whose end nobody could explain. */
  longestTurnMs = 8000;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * All of them, or none. Slices are taken while the database is busy with those before, under the lock.
   * @returns how many there were; of none there is no trace
   */
  async add(slices: SlicesOfRules, act: AuditedAct): Promise<number> {
    return this.locked(async (manager) => {
      const livingAt: LivingRulesAt = (keys, now) => livingRules(manager, keys, now);
      const added = await insertAll(manager, slices(livingAt));
      if (added > 0) await this.leaveTrace(manager, act);
      return added;
    });
  }

  /**
   * @param document by which its rules have to be right
   * @returns how many there were
   * @throws NotFoundError, BlockRuleNotProposedError, OwnProposalError, BlockRulesOverlapError, TooManyPeriodsError,
   * BlockRuleInvalidError when a number is protected by now, or a desk is gone
   */
  async approve(
    choice: BlockRuleApproval,
    { userId, remoteAddress }: Actor,
    document: ConfigurationDocument,
  ): Promise<number> {
    const now = this.clock.now();
    const detail: Record<string, unknown> = 'batch' in choice ? { batch: choice.batch } : { rules: choice.rules };
    const act: AuditedAct = { userId, action: 'block-rule.approve', detail, remoteAddress };
    return this.change(act, async (manager) => {
      const rules = await chosenRules(manager, choice);
      if (rules.length === 0 || ('rules' in choice && rules.length < new Set(choice.rules).size)) {
        throw new NotFoundError();
      }
      detail.approved = rules.length;
      refuseUnlessProposed(rules, userId, now);
      const ids = rules.map(({ id }) => id);
      const slices = Array.from({ length: Math.ceil(ids.length / ROWS_AT_ONCE) }, (_, index) =>
        ids.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
      );
      for (const slice of slices) {
        await refuseUnfit(manager, slice, document);
        await manager.query(APPROVE, [slice, now, userId]);
      }
      // All of them are approved by now, so that they are held against each other, too.
      for (const slice of slices) await refuseCrowding(manager, slice, now);
      return ids.length;
    });
  }

  /** @throws NotFoundError, BlockRuleOverError */
  async note(id: string, change: BlockRuleChange, { userId, remoteAddress }: Actor): Promise<void> {
    const detail = { changed: Object.keys(change), ...(change.reviewOn && { reviewOn: change.reviewOn }) };
    const act: AuditedAct = { userId, action: 'block-rule.change', subject: id, detail, remoteAddress };
    await this.change(act, async (manager) => {
      await this.livingRule(manager, id);
      if (Object.keys(change).length > 0) await manager.update(BlockRuleEntity, { id }, change);
    });
  }

  /** From now on it does nothing more. @throws NotFoundError, BlockRuleOverError */
  async withdraw(id: string, withdrawnReason: string, { userId, remoteAddress }: Actor): Promise<void> {
    const act: AuditedAct = { userId, action: 'block-rule.withdraw', subject: id, remoteAddress };
    await this.change(act, async (manager) => {
      await this.livingRule(manager, id);
      await manager.query(
        `UPDATE block_rules SET withdrawn_by = $1, withdrawn_at = $2, withdrawn_reason = $3,
           revision = nextval('block_rule_revisions') WHERE id = $4`,
        [userId, this.clock.now(), withdrawnReason, id],
      );
    });
  }

  private async livingRule(manager: EntityManager, id: string): Promise<void> {
    const rule = await manager.findOneBy(BlockRuleEntity, { id });
    if (!rule) throw new NotFoundError();
    if (['expired', 'withdrawn'].includes(blockRuleState(rule, this.clock.now()))) throw new BlockRuleOverError();
  }

  private async change<T>(act: AuditedAct, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.locked(async (manager) => {
      const result = await work(manager);
      await this.leaveTrace(manager, act);
      return result;
    });
  }

  private async locked<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await takeTurn(manager, this.longestTurnMs);
      return work(manager);
    });
  }

  private async leaveTrace(manager: EntityManager, act: AuditedAct): Promise<void> {
    const { userId, action, subject = null, detail = {}, remoteAddress = null } = act;
    await manager.insert(AuditEventEntity, { at: this.clock.now(), userId, action, subject, detail, remoteAddress });
  }
}

/** @throws BlockRulesBusyError when others take longer */
async function takeTurn(manager: EntityManager, longestMs: number): Promise<void> {
  await manager.query(`SET LOCAL lock_timeout = ${longestMs}`);
  try {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  } catch (error) {
    throw isLockTimeout(error) ? new BlockRulesBusyError() : error;
  }
  await manager.query('SET LOCAL lock_timeout = 0');
}

/** SQLSTATE 55P03, lock_not_available. */
const isLockTimeout = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: unknown }).code === '55P03';

async function livingRules(manager: EntityManager, keys: readonly string[], now: Date): Promise<LivingRule[]> {
  const rows: (Omit<LivingRule, 'match'> & { matchKey: string })[] = await manager.query(
    `SELECT match_key AS "matchKey", lines, starts_at AS "startsAt", expires_at AS "expiresAt" FROM block_rules rule
     WHERE match_key = ANY($1) AND withdrawn_at IS NULL AND NOT ${OVER}`,
    [keys, now],
  );
  return rows.map(({ matchKey, ...row }) => ({ ...row, match: matchOfKey(matchKey) }));
}

async function insertAll(
  manager: EntityManager,
  slices: Iterable<readonly NewBlockRule[]> | AsyncIterable<readonly NewBlockRule[]>,
): Promise<number> {
  let added = 0;
  let inserted: Promise<void> = Promise.resolve();
  try {
    for await (const rules of slices) {
      const rows = JSON.stringify(rules);
      await inserted;
      inserted = insert(manager, rows);
      // It is waited for below; until then it must not end the process.
      inserted.catch(() => undefined);
      added += rules.length;
    }
  } finally {
    // What failed first counts; the transaction is rolled back either way.
    await inserted;
  }
  return added;
}

/** @param rules an array of `NewBlockRule` as JSON */
async function insert(manager: EntityManager, rules: string): Promise<void> {
  await manager.query(
    `INSERT INTO block_rules (id, match_key, lines, action, reason, note, proposed_by, proposed_at, starts_at, expires_at,
       review_on, batch)
     SELECT id, "matchKey", lines, action, reason, note, "proposedBy", "proposedAt", "startsAt", "expiresAt", "reviewOn", batch
     FROM json_to_recordset($1) AS rule(id uuid, "matchKey" text, lines text[], action jsonb, reason text, note text,
       "proposedBy" uuid, "proposedAt" timestamptz, "startsAt" timestamptz, "expiresAt" timestamptz, "reviewOn" date,
       batch uuid)`,
    [rules],
  );
}

type Chosen = Pick<BlockRuleEntity, 'id' | 'proposedBy' | 'approvedAt' | 'withdrawnAt' | 'startsAt' | 'expiresAt'>;

async function chosenRules(manager: EntityManager, choice: BlockRuleApproval): Promise<Chosen[]> {
  const rows = 'batch' in choice ? 'batch = $1' : 'id = ANY($1)';
  return manager.query(
    `SELECT id, proposed_by AS "proposedBy", approved_at AS "approvedAt", withdrawn_at AS "withdrawnAt",
       starts_at AS "startsAt", expires_at AS "expiresAt" FROM block_rules WHERE ${rows}`,
    ['batch' in choice ? choice.batch : choice.rules],
  );
}

function refuseUnlessProposed(rules: readonly Chosen[], userId: string, now: Date): void {
  const decided = rules.filter((rule) => blockRuleState(rule, now) !== 'proposed');
  if (decided.length > 0) throw new BlockRuleNotProposedError(decided.map(({ id }) => id));
  const own = rules.filter(({ proposedBy }) => proposedBy === userId);
  if (own.length > 0) throw new OwnProposalError(own.map(({ id }) => id));
}

/** @throws BlockRulesOverlapError, TooManyPeriodsError */
async function refuseCrowding(manager: EntityManager, ids: readonly string[], now: Date): Promise<void> {
  const overlaps: { rule: string; other: string }[] = await manager.query(OVERLAPS, [ids, now]);
  if (overlaps.length > 0) throw new BlockRulesOverlapError(overlaps);
  const crowded: unknown[] = await manager.query(PERIODS, [ids, now]);
  if (crowded.length > 0) throw new TooManyPeriodsError();
}

const PROBLEMS_AT_MOST = 100;

/** @throws BlockRuleInvalidError */
async function refuseUnfit(manager: EntityManager, ids: readonly string[], document: ConfigurationDocument) {
  const { protectedKeys, problemsOf } = approvalProblemsIn(document);
  const suspects: Pick<BlockRuleEntity, 'matchKey' | 'action'>[] = await manager.query(
    `SELECT match_key AS "matchKey", action FROM block_rules
     WHERE id = ANY($1) AND (match_key = ANY($2) OR match_key LIKE 'prefix/%' OR action->>'type' = 'desk')`,
    [ids, protectedKeys],
  );
  const problems = suspects.flatMap(({ matchKey, action }) => problemsOf({ match: matchOfKey(matchKey), action }));
  if (problems.length > 0) throw new BlockRuleInvalidError(problems.slice(0, PROBLEMS_AT_MOST));
}
