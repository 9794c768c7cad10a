import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.ts';
import { AuditEventRepository } from './audit-event.repository.ts';

export interface AuditedAct {
  /** null = the box itself, or somebody who is not logged in. */
  userId: string | null;
  /** `<noun>.<verb>`, e.g. `recording.play`. */
  action: `${string}.${string}`;
  /** Id of what it was done to. Goes into the log for ever: nothing that may have to be erased, see log/leaf.ts. */
  subject?: string | null;
  /** What a reader needs to understand the act later. Never secrets. The log only commits to it. */
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

  /** @returns the id of the event */
  async record({ userId, action, subject = null, detail = {}, remoteAddress = null }: AuditedAct): Promise<string> {
    return this.events.append({ at: this.clock.now(), userId, action, subject, detail, remoteAddress });
  }
}
