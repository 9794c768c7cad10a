import { pipeline } from 'node:stream/promises';
import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AddressedCursor } from '../calls/call-cursor.ts';
import { type Asked, Route, type RouteInput, streamed, uploaded } from '../platform/http/route.ts';
import {
  BlockRule,
  BlockRuleApproval,
  BlockRuleChange,
  BlockRuleHits,
  BlockRulePage,
  BlockRuleProposal,
  BlockRuleSearch,
  BlockRulesApproved,
  BlockRulesImported,
  BlockRuleWithdrawal,
} from './block-rule.schema.ts';
import { BlockRuleFiles } from './block-rule-files.service.ts';
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

const EXPORT = {
  method: 'get',
  path: '/block-rules/export',
  access: 'block-rules.read',
  summary:
    'Block rules as CSV, newest first; `all` adds those that are over or withdrawn. CP932 lacks some characters: 〓',
  query: z.object({
    encoding: z.enum(['utf-8', 'cp932']).optional(),
    all: z.enum(['true', 'false']).optional(),
  }),
  response: streamed('text/csv', 'CSV with a heading, for a spreadsheet'),
} as const;

const IMPORT = {
  method: 'post',
  path: '/block-rules/import',
  access: 'block-rules.propose',
  summary:
    'Propose the rules of a CSV file, all of them or none. A row like a rule there is, or like an earlier row, is a ' +
    'mistake, or left out with `duplicates=skip`',
  upload: uploaded('CSV in UTF-8 or CP932, at most 32 MiB, with headings as in an export'),
  query: z.object({ duplicates: z.enum(['refuse', 'skip']).optional() }),
  response: BlockRulesImported,
} as const;

const actorOf = ({ who: { userId }, remoteAddress }: Asked) => ({ userId, remoteAddress });

@Controller()
export class BlockRulesController {
  constructor(
    private readonly rules: BlockRules,
    private readonly files: BlockRuleFiles,
  ) {}

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

  @Route(IMPORT)
  async importBlockRules(asked: RouteInput<typeof IMPORT>): Promise<BlockRulesImported> {
    return this.files.import(asked.request, asked.query.duplicates ?? 'refuse', actorOf(asked));
  }

  /** Before `/block-rules/:id`, which would take it for an id. */
  @Route(EXPORT)
  async exportBlockRules(asked: RouteInput<typeof EXPORT>): Promise<void> {
    const { request, reply, query } = asked;
    const name = encodeURIComponent('着信規制.csv');
    reply.set({ 'Content-Type': 'text/csv', 'Content-Disposition': `attachment; filename*=UTF-8''${name}` });
    if (request.method === 'HEAD') {
      reply.end();
      return;
    }
    const lines = this.files.export(query.encoding ?? 'utf-8', query.all === 'true', actorOf(asked));
    // What fails after the first bytes cuts the connection, which is how the reader knows.
    await pipeline(lines, reply);
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
