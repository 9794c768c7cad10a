import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { AuditEventRepository } from './audit-event.repository.ts';

export interface AuditedAct {
  /** null = the box itself, or somebody who is not logged in. */
  userId: string | null;
  /** `<noun>.<verb>`, e.g. `recording.play`. */
  action: `${string}.${string}`;
  /** Id of what it was done to. */
  subject?: string | null;
  /** What a reader needs to understand the act later. Never secrets. */
  detail?: Record<string, unknown>;
  remoteAddress?: string | null;
}

/**
 * 操作記録. Await `record` before the answer leaves: what cannot be written down is not done, so a database that is down
 * refuses the act rather than letting it go unseen.
 */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly events: AuditEventRepository,
    private readonly clock: Clock,
  ) {}

  async record({ userId, action, subject = null, detail = {}, remoteAddress = null }: AuditedAct): Promise<void> {
    await this.events.append({ at: this.clock.now(), userId, action, subject, detail, remoteAddress });
  }
}
