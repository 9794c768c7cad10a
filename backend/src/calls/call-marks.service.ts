import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { Clock } from '../platform/clock.ts';
import { NotFoundError } from '../platform/errors.ts';
import type { Who } from '../platform/http/who.ts';
import { MessageSender } from '../platform/messages.ts';
import { CallActs } from './acts/call-acts.service.ts';
import { CallRepository } from './call.repository.ts';
import { journalInstant } from './journal.ts';

/** Marks calls as harassment, or takes the mark back: in progress by the telephony process, afterwards in the row. */
@Injectable()
export class CallMarks {
  constructor(
    private readonly calls: CallRepository,
    private readonly acts: CallActs,
    private readonly sender: MessageSender,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Repeated, it changes nothing. @throws NotFoundError, and what `CallActs.ask` throws */
  async set(callId: string, marked: boolean, who: Who, remoteAddress: string | null): Promise<void> {
    const call = await this.calls.findById(callId);
    if (!call) throw new NotFoundError();
    const type = marked ? 'mark' : 'unmark';
    if (!call.endedAt) return this.acts.ask(callId, { type }, who, remoteAddress);
    await this.audit.record({ userId: who.userId, action: `call.${type}`, subject: callId, remoteAddress });
    const at = journalInstant(this.clock.now());
    const entry = { e: marked ? ('marked' as const) : ('unmarked' as const), at, user: who.userId, userName: who.name };
    if (await this.calls.markEnded(callId, entry, marked)) await this.sender.send({ kind: 'call', callId });
  }
}
