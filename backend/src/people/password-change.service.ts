import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import type { Who } from '../platform/http/who.ts';
import { LogInThrottle } from './log-in-throttle.repository.ts';
import { PasswordHash } from './password-hash.ts';
import { passwordProblem } from './password-policy.ts';
import { WeakPasswordError, WrongPasswordError } from './people.errors.ts';
import type { PasswordChange } from './session.schema.ts';
import { SessionService } from './session.service.ts';
import { UserRepository } from './user.repository.ts';

@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly users: UserRepository,
    private readonly passwords: PasswordHash,
    private readonly throttle: LogInThrottle,
    private readonly sessions: SessionService,
    private readonly configuration: ConfigurationVersionRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Ends every session of the user, the present one included, and opens a new one.
   * @throws WrongPasswordError, WeakPasswordError
   */
  async change(who: Who, change: PasswordChange, remoteAddress: string | null): Promise<{ token: string; who: Who }> {
    const { currentPassword, newPassword } = change;
    const address = remoteAddress ?? '';
    await this.throttle.attempt(who.login, address);
    const user = await this.users.byId(who.userId);
    if (!user || !(await this.passwords.matches(user.passwordHash, currentPassword))) throw new WrongPasswordError();
    await this.throttle.succeeded(who.login, address);
    await this.refuseWeak(who, currentPassword, newPassword);
    await this.users.setPassword(user.id, await this.passwords.hash(newPassword), false);
    await this.audit.record({ userId: user.id, action: 'session.password-change', remoteAddress });
    await this.sessions.endAllOf(user.id);
    user.mustChangePassword = false;
    return this.sessions.open(user);
  }

  private async refuseWeak({ login, name }: Who, current: string, wanted: string): Promise<void> {
    if (wanted === current) throw new WeakPasswordError('現在と異なるパスワードにしてください。');
    const site = (await this.configuration.newest())?.document.site;
    const problem = passwordProblem(wanted, { login, name, office: site ? [site.id, site.name] : [] });
    if (problem) throw new WeakPasswordError(problem);
  }
}
