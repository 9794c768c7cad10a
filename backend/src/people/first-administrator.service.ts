import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { reportToStarter } from '../platform/process.ts';
import { Settings } from '../platform/settings.ts';
import { PasswordHash } from './password-hash.ts';
import { SessionService } from './session.service.ts';
import { UserRepository } from './user.repository.ts';
import type { UserEntity } from './user.entity.ts';

const LOGIN = 'admin';
const NAME = '管理者';

/** Without what looks alike on paper: 0 o, 1 l i. 16 of 31 are 79 bits. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

const oneTimePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join(
    '-',
  );

/**
 * Makes the first administrator. Without `DENWABAN_ADMIN_PASSWORD` the password is a one-time one, told through the
 * starter at each start (a new one each time, because none is kept) until it has been changed.
 */
@Injectable()
export class FirstAdministrator {
  constructor(
    private readonly users: UserRepository,
    private readonly passwords: PasswordHash,
    private readonly sessions: SessionService,
    private readonly settings: Settings,
    private readonly audit: AuditTrail,
  ) {}

  async ensure(): Promise<void> {
    const administrator = await this.users.byLogin(LOGIN);
    if (administrator ? !administrator.mustChangePassword : (await this.users.count()) > 0) return;
    const chosen = this.settings.operator.DENWABAN_ADMIN_PASSWORD;
    const password = chosen ?? oneTimePassword();
    await this.give(administrator, await this.passwords.hash(password), chosen === undefined);
    if (chosen === undefined) reportToStarter({ type: 'first-login', login: LOGIN, password });
  }

  private async give(administrator: UserEntity | null, passwordHash: string, oneTime: boolean): Promise<void> {
    if (administrator) {
      await this.users.setPassword(administrator.id, passwordHash, oneTime);
      await this.sessions.endAllOf(administrator.id);
      return;
    }
    const added = await this.users.add({ login: LOGIN, name: NAME, passwordHash, mustChangePassword: oneTime });
    await this.audit.record({ userId: null, action: 'user.first-administrator', subject: added.id });
  }
}
