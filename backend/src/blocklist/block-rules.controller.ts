import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AddressedCursor } from '../calls/call-cursor.ts';
import { type Asked, Route, type RouteInput } from '../platform/http/route.ts';
import {
  BlockRule,
  BlockRuleApproval,
  BlockRuleChange,
  BlockRuleHits,
  BlockRulePage,
  BlockRuleProposal,
  BlockRuleSearch,
  BlockRulesApproved,
  BlockRuleWithdrawal,
} from './block-rule.schema.ts';
import { BlockRules } from './block-rules.service.ts';

const params = z.object({ id: z.uuid() });
type Named = Asked & { params: { id: string } };

const HITS = {
  method: 'get',
  path: '/block-rules/:id/hits',
  access: 'block-rules.read',
  summary: 'Calls a rule has caught, newest first, and what was done',
  params,
  query: z.object({ cursor: AddressedCursor.optional() }),
  response: BlockRuleHits,
} as const;

const actorOf = ({ who: { userId }, remoteAddress }: Asked) => ({ userId, remoteAddress });

@Controller()
export class BlockRulesController {
  constructor(private readonly rules: BlockRules) {}

  @Route({
    method: 'post',
    path: '/block-rules/search',
    access: 'block-rules.read',
    summary: 'Block rules by number, kind, action and state, newest first',
    body: BlockRuleSearch,
    response: BlockRulePage,
  })
  async searchBlockRules({ body }: Asked & { body: BlockRuleSearch }): Promise<BlockRulePage> {
    return this.rules.search(body);
  }

  @Route({
    method: 'post',
    path: '/block-rules',
    access: 'block-rules.propose',
    summary: 'Propose a block rule; it does nothing before a second person has approved it',
    body: BlockRuleProposal,
    response: BlockRule,
  })
  async proposeBlockRule(asked: Asked & { body: BlockRuleProposal }): Promise<BlockRule> {
    return this.rules.propose(asked.body, actorOf(asked));
  }

  @Route({
    method: 'post',
    path: '/block-rules/approve',
    access: 'block-rules.approve',
    summary: 'Approve rules proposed by others, all of them or none; they are in force within seconds',
    body: BlockRuleApproval,
    response: BlockRulesApproved,
  })
  async approveBlockRules(asked: Asked & { body: BlockRuleApproval }): Promise<BlockRulesApproved> {
    return { approved: await this.rules.approve(asked.body, actorOf(asked)) };
  }

  @Route({
    method: 'get',
    path: '/block-rules/:id',
    access: 'block-rules.read',
    summary: 'One block rule, who decided on it, and how often it has caught a call',
    params,
    response: BlockRule,
  })
  async readBlockRule({ params: { id } }: Named): Promise<BlockRule> {
    return this.rules.read(id);
  }

  @Route(HITS)
  async listBlockRuleHits({ params: { id }, query }: RouteInput<typeof HITS>): Promise<BlockRuleHits> {
    return this.rules.hits(id, query.cursor);
  }

  @Route({
    method: 'put',
    path: '/block-rules/:id',
    access: 'block-rules.propose',
    summary: 'Change the note or the review date; whatever decides about calls needs a new proposal',
    params,
    body: BlockRuleChange,
    response: BlockRule,
  })
  async changeBlockRule(asked: Named & { body: BlockRuleChange }): Promise<BlockRule> {
    return this.rules.change(asked.params.id, asked.body, actorOf(asked));
  }

  @Route({
    method: 'post',
    path: '/block-rules/:id/withdraw',
    access: 'block-rules.propose',
    summary: 'End a rule, or take a proposal back; it stays in the list',
    params,
    body: BlockRuleWithdrawal,
    response: BlockRule,
  })
  async withdrawBlockRule(asked: Named & { body: BlockRuleWithdrawal }): Promise<BlockRule> {
    return this.rules.withdraw(asked.params.id, asked.body.reason, actorOf(asked));
  }
}
