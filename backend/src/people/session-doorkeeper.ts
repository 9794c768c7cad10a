import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { Doorkeeper, type Refusal, type Who } from '../platform/http/who.ts';
import { SessionService } from './session.service.ts';
import { tokenFrom } from './session-token.ts';

/** Knows people by the session cookie. */
@Injectable()
export class SessionDoorkeeper extends Doorkeeper {
  constructor(
    private readonly sessions: SessionService,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  async identify(request: Request): Promise<Who | null> {
    const token = tokenFrom(request.headers.cookie);
    return token === null ? null : this.sessions.identify(token);
  }

  /** Strangers are only logged (by the error filter): whoever can reach the port could fill the audit trail. */
  async turnedAway(refusal: Refusal, who: Who | null, route: string, request: Request): Promise<void> {
    if (!who) return;
    await this.audit.record({
      userId: who.userId,
      action: 'access.refused',
      detail: { reason: refusal, route },
      remoteAddress: request.socket.remoteAddress ?? null,
    });
  }
}
