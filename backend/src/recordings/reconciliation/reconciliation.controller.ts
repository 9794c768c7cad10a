import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '../../audit/audit-trail.service.ts';
import { NotFoundError } from '../../platform/errors.ts';
import { type Asked, Route, type RouteInput } from '../../platform/http/route.ts';
import { MessageSender } from '../../platform/messages.ts';
import { ReconciliationRepository } from './reconciliation.repository.ts';
import { Reconciliation, ReconciliationList, ReconciliationOrder } from './reconciliation.schema.ts';

const NEWEST = 20;

const WANT = {
  method: 'post',
  path: '/reconciliations',
  access: 'recordings.reconcile',
  summary: 'Have recordings, files, keys, calls and spool held against each other; a dry run unless asked otherwise',
  body: ReconciliationOrder,
  response: Reconciliation,
} as const;

const LIST = {
  method: 'get',
  path: '/reconciliations',
  access: 'recordings.reconcile',
  summary: 'The newest reconciliations and how much they found',
  response: ReconciliationList,
} as const;

const READ = {
  method: 'get',
  path: '/reconciliations/:id',
  access: 'recordings.reconcile',
  summary: 'A reconciliation and what it found',
  params: z.object({ id: z.uuid() }),
  response: Reconciliation,
} as const;

@Controller()
export class ReconciliationController {
  constructor(
    private readonly rows: ReconciliationRepository,
    private readonly messages: MessageSender,
    private readonly audit: AuditTrail,
  ) {}

  @Route(WANT)
  async orderReconciliation({ body, who, remoteAddress }: RouteInput<typeof WANT>): Promise<Reconciliation> {
    const { userId } = who;
    await this.audit.record({ userId, action: 'recordings.reconcile', detail: { ...body }, remoteAddress });
    const wanted = await this.rows.want(body, userId);
    await this.messages.send({ kind: 'reconciliation' });
    return wanted;
  }

  @Route(LIST)
  async listReconciliations(_: Asked) {
    return { reconciliations: await this.rows.newest(NEWEST) };
  }

  @Route(READ)
  async readReconciliation({ params: { id } }: RouteInput<typeof READ>): Promise<Reconciliation> {
    const found = await this.rows.find(id);
    if (!found) throw new NotFoundError();
    return found;
  }
}
