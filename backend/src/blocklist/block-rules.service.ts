import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../calls/call-cursor.ts';
import { foldNumber } from '../calls/number-folding.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { defaultConfiguration } from '../configuration/default-configuration.ts';
import { Clock } from '../platform/clock.ts';
import { InvalidInputError, NotFoundError } from '../platform/errors.ts';
import { MessageSender } from '../platform/messages.ts';
import { matchKeyOf } from './block-decision.ts';
import { blockRuleProblemsIn, type ProposedRule } from './block-rule-problems.ts';
import { BlockRuleSearchRepository } from './block-rule-search.repository.ts';
import type {
  BlockRule,
  BlockRuleApproval,
  BlockRuleChange,
  BlockRuleHits,
  BlockRulePage,
  BlockRuleProposal,
  BlockRuleSearch,
} from './block-rule.schema.ts';
import { momentAt, toBlockRule, toHit } from './block-rule-view.ts';
import { BlockRuleInvalidError } from './block-rules.errors.ts';
import { type Actor, BlockRulesRepository, type NewBlockRule } from './block-rules.repository.ts';

const HITS_AT_ONCE = 100;
/** The dialplan compares whole seconds. */
export const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

export const toNewRule = (
  rule: ProposedRule,
  proposedBy: string,
  proposedAt: Date,
  batch: string | null,
): NewBlockRule => {
  const { match, action, lines, reason, note, startsAt, expiresAt, reviewOn } = rule;
  const id = randomUUID();
  return {
    ...{ id, matchKey: matchKeyOf(match), lines: lines && [...new Set(lines)], action, reason, note },
    ...{ proposedBy, proposedAt, startsAt, expiresAt, reviewOn, batch },
  };
};

/** 着信規制: proposed by one person, in force when another has approved it. */
@Injectable()
export class BlockRules {
  constructor(
    private readonly rules: BlockRulesRepository,
    private readonly searching: BlockRuleSearchRepository,
    private readonly versions: ConfigurationVersionRepository,
    private readonly sender: MessageSender,
    private readonly clock: Clock,
  ) {}

  /** @throws BlockRuleInvalidError */
  async propose(proposal: BlockRuleProposal, { userId, remoteAddress }: Actor): Promise<BlockRule> {
    const now = this.clock.now();
    const rule: ProposedRule = {
      ...proposal,
      startsAt: wholeSecond(proposal.startsAt === undefined ? now : new Date(proposal.startsAt)),
      expiresAt: proposal.expiresAt === null ? null : wholeSecond(new Date(proposal.expiresAt)),
    };
    const problems = blockRuleProblemsIn(await this.document(), now)(rule);
    if (problems.length > 0) throw new BlockRuleInvalidError(problems);
    const added = toNewRule(rule, userId, now, null);
    const detail = { kind: rule.match.kind, action: rule.action.type, lines: rule.lines };
    const act = { userId, action: 'block-rule.propose', subject: added.id, detail, remoteAddress } as const;
    await this.rules.add(() => [[added]], act);
    return this.read(added.id);
  }

  /** @throws see BlockRulesRepository.approve; BlockRuleInvalidError when the configuration is against it by now */
  async approve(choice: BlockRuleApproval, actor: Actor): Promise<number> {
    const approved = await this.rules.approve(choice, actor, await this.document());
    await this.sender.send({ kind: 'block-rules' });
    return approved;
  }

  async change(id: string, change: BlockRuleChange, actor: Actor): Promise<BlockRule> {
    await this.rules.note(id, change, actor);
    return this.read(id);
  }

  async withdraw(id: string, reason: string, actor: Actor): Promise<BlockRule> {
    await this.rules.withdraw(id, reason, actor);
    await this.sender.send({ kind: 'block-rules' });
    return this.read(id);
  }

  /** @throws NotFoundError */
  async read(id: string): Promise<BlockRule> {
    const found = await this.searching.find(id);
    if (!found) throw new NotFoundError();
    return toBlockRule(found, this.clock.now());
  }

  async search({ number, cursor, limit, ...criteria }: BlockRuleSearch): Promise<BlockRulePage> {
    const folded = number ? foldNumber(number) : undefined;
    if (folded === null) {
      throw new InvalidInputError([{ path: '/number', message: '電話番号は数字で入力してください' }]);
    }
    const now = this.clock.now();
    const wanted = { ...criteria, ...(folded !== undefined && { number: folded }) };
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const found = await this.searching.search(wanted, momentAt(now), after, limit + 1);
    const last = found.length > limit ? found[limit - 1]?.rule : undefined;
    return {
      rules: found.slice(0, limit).map((one) => toBlockRule(one, now)),
      nextCursor: last ? encodeCursor({ startedAt: last.proposedAt, id: last.id }) : null,
    };
  }

  /** @throws NotFoundError */
  async hits(id: string, cursor: string | undefined): Promise<BlockRuleHits> {
    await this.read(id);
    const after = cursor === undefined ? null : decodeCursor(cursor);
    const found = await this.searching.hits(id, after, HITS_AT_ONCE + 1);
    const last = found.length > HITS_AT_ONCE ? found[HITS_AT_ONCE - 1] : undefined;
    return {
      hits: found.slice(0, HITS_AT_ONCE).map(toHit),
      nextCursor: last ? encodeCursor({ startedAt: last.startedAt, id: last.callId }) : null,
    };
  }

  private async document(): Promise<ConfigurationDocument> {
    return (await this.versions.newest())?.document ?? defaultConfiguration();
  }
}
