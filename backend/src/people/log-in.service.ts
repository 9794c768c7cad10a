import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import type { Who } from '../platform/http/who.ts';
import { LogInThrottle } from './log-in-throttle.repository.ts';
import { PasswordHash } from './password-hash.ts';
import { TooManyAttemptsError, WrongLogInError } from './people.errors.ts';
import type { LogIn } from './session.schema.ts';
import { SessionService } from './session.service.ts';
import { UserRepository } from './user.repository.ts';

/** Logins are typed by hand: case and width do not matter. */
export const foldLogin = (login: string): string => login.normalize('NFKC').toLowerCase();

@Injectable()
export class LogInService {
  constructor(
    private readonly users: UserRepository,
    private readonly passwords: PasswordHash,
    private readonly throttle: LogInThrottle,
    private readonly sessions: SessionService,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws WrongLogInError for an unknown login, a wrong password and a disabled user, after the same work
   * @throws TooManyAttemptsError when it comes too early after failures
   */
  async logIn({ login, password }: LogIn, remoteAddress: string | null): Promise<{ token: string; who: Who }> {
    const folded = foldLogin(login);
    const address = remoteAddress ?? '';
    await this.waitTurn(folded, address);
    const user = await this.users.byLogin(folded);
    const matches = await this.passwords.matches(user?.passwordHash ?? null, password);
    if (!user || !matches || user.disabledAt) {
      const detail = { reason: 'wrong-log-in' };
      await this.audit.record({ userId: user?.id ?? null, action: 'session.refused', detail, remoteAddress });
      throw new WrongLogInError();
    }
    await this.throttle.succeeded(folded, address);
    await this.audit.record({ userId: user.id, action: 'session.log-in', remoteAddress });
    return this.sessions.open(user);
  }

  private async waitTurn(login: string, address: string): Promise<void> {
    try {
      await this.throttle.attempt(login, address);
    } catch (error) {
      if (error instanceof TooManyAttemptsError) {
        const detail = { reason: 'too-many-attempts', retryAfterSeconds: error.retryAfterSeconds };
        await this.audit.record({ userId: null, action: 'session.refused', detail, remoteAddress: address });
      }
      throw error;
    }
  }
}
