import { Controller } from '@nestjs/common';
import { filter } from 'rxjs';
import { z } from 'zod';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { SessionService } from '../people/session.service.ts';
import { NotFoundError } from '../platform/errors.ts';
import { type Asked, Route, streamed } from '../platform/http/route.ts';
import { CallDetails } from './call-details.service.ts';
import { CallSearchService } from './call-search.service.ts';
import { CallDetail, CallPage, CallSearch, LiveCalls as CallsInProgress } from './call.schema.ts';
import { LiveCalls } from './live-calls.service.ts';
import { LiveCallsStream } from './live-calls.stream.ts';

const CallParams = z.object({ id: z.uuid() });

@Controller()
export class CallsController {
  constructor(
    private readonly searching: CallSearchService,
    private readonly calls: CallDetails,
    private readonly audit: AuditTrail,
  ) {}

  @Route({
    method: 'post',
    path: '/calls/search',
    access: 'calls.search',
    summary: 'Search calls by time and number, newest first',
    body: CallSearch,
    response: CallPage,
  })
  async searchCalls({ body, who, remoteAddress }: Asked & { body: CallSearch }): Promise<CallPage> {
    const page = await this.searching.search(body);
    const { cursor, limit, ...criteria } = body;
    const detail = { criteria, limit, continued: cursor !== undefined, found: page.calls.length };
    await this.audit.record({ userId: who.userId, action: 'calls.search', detail, remoteAddress });
    return page;
  }

  @Route({
    method: 'get',
    path: '/calls/:id',
    access: 'calls.search',
    summary: 'One call with its legs and timeline',
    params: CallParams,
    response: CallDetail,
  })
  async readCall({ params, who, remoteAddress }: Asked & { params: { id: string } }): Promise<CallDetail> {
    const call = await this.calls.find(params.id);
    if (!call) throw new NotFoundError();
    await this.audit.record({ userId: who.userId, action: 'calls.view', subject: params.id, remoteAddress });
    return call;
  }
}

/** Declared apart and first: `/calls/live` would otherwise be taken for the id of a call. */
@Controller()
export class LiveCallsController {
  constructor(
    private readonly live: LiveCalls,
    private readonly stream: LiveCallsStream,
    private readonly sessions: SessionService,
  ) {}

  @Route({
    method: 'get',
    path: '/calls/live',
    access: 'calls.watch',
    summary: 'Calls in progress, newest first',
    response: CallsInProgress,
  })
  async listLiveCalls(): Promise<CallsInProgress> {
    return { calls: await this.live.current() };
  }

  @Route({
    method: 'get',
    path: '/events',
    access: 'calls.watch',
    summary:
      'Calls as they change (event `call`, data LiveCall): first those in progress, then each change; event `health`: look at it',
    response: streamed('text/event-stream', 'server-sent events'),
  })
  async watchCalls({ who, request, reply }: Asked): Promise<void> {
    if (request.method === 'HEAD') {
      reply.type('text/event-stream').end();
      return;
    }
    await this.stream.serve(reply, {
      current: () => this.live.current(),
      changes$: this.live.changes$,
      health$: this.live.health$,
      ended$: this.sessions.ended$.pipe(filter((hash) => hash.equals(who.sessionHash))),
      stillAllowed: () => this.sessions.isAlive(who.sessionHash),
    });
  }
}
