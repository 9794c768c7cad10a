import { Injectable } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { Clock } from '../platform/clock.ts';
import type { Who } from '../platform/http/who.ts';
import { Grants } from './grants.ts';
import { type LivingSession, SessionRepository } from './session.repository.ts';
import type { Session } from './session.schema.ts';
import { hashOfToken, newToken } from './session-token.ts';
import type { UserEntity } from './user.entity.ts';

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * 3600_000;
/** Saves a write for every request; the idle limit is late by no more than this. */
const TOUCH_EVERY_MS = 60_000;

export const sessionOf = (who: Who): Session => ({
  user: { id: who.userId, login: who.login, name: who.name },
  permissions: [...who.permissions],
  mustChangePassword: who.mustChangePassword,
});

/** Log-ins that last until they are ended, idle for half an hour, or half a day old. */
@Injectable()
export class SessionService {
  private readonly ended = new Subject<Buffer>();

  /** Token hashes of sessions as they are ended. A session that ends by time is only found by asking `isAlive`. */
  readonly ended$: Observable<Buffer> = this.ended.asObservable();

  constructor(
    private readonly sessions: SessionRepository,
    private readonly grants: Grants,
    private readonly clock: Clock,
  ) {}

  /** @returns the token, which is told once and not kept, and who it stands for */
  async open(user: UserEntity): Promise<{ token: string; who: Who }> {
    const now = this.clock.now();
    const token = newToken();
    const session = {
      tokenHash: hashOfToken(token),
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + LONGEST_MS),
    };
    await this.sessions.removeEnded(now, this.seenSince(now));
    await this.sessions.add(session);
    return { token, who: this.whoOf({ session, user }) };
  }

  async identify(token: string): Promise<Who | null> {
    const living = await this.living(hashOfToken(token));
    if (!living) return null;
    const { tokenHash, lastSeenAt } = living.session;
    const now = this.clock.now();
    if (now.getTime() - lastSeenAt.getTime() > TOUCH_EVERY_MS) await this.sessions.touch(tokenHash, now);
    return this.whoOf(living);
  }

  /** Does not count as activity: an open screen that nobody touches must not keep a session alive. */
  async isAlive(tokenHash: Buffer): Promise<boolean> {
    return (await this.living(tokenHash)) !== null;
  }

  async end(tokenHash: Buffer): Promise<void> {
    await this.sessions.remove(tokenHash);
    this.ended.next(tokenHash);
  }

  async endAllOf(userId: string): Promise<void> {
    (await this.sessions.removeAllOf(userId)).forEach((tokenHash) => this.ended.next(tokenHash));
  }

  private async living(tokenHash: Buffer): Promise<LivingSession | null> {
    const now = this.clock.now();
    return this.sessions.living(tokenHash, now, this.seenSince(now));
  }

  private seenSince(now: Date): Date {
    return new Date(now.getTime() - IDLE_MS);
  }

  private whoOf({ session, user }: LivingSession): Who {
    return {
      userId: user.id,
      login: user.login,
      name: user.name,
      permissions: this.grants.permissionsOf(user),
      mustChangePassword: user.mustChangePassword,
      sessionHash: session.tokenHash,
    };
  }
}
