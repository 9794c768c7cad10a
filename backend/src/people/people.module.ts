import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.ts';
import { ConfigurationVersionModule } from '../configuration/configuration-version.module.ts';
import { Doorkeeper } from '../platform/http/who.ts';
import { FirstAdministrator } from './first-administrator.service.ts';
import { FirstAdministratorStart } from './first-administrator.start.ts';
import { Grants } from './grants.ts';
import { LogInService } from './log-in.service.ts';
import { LogInThrottle } from './log-in-throttle.repository.ts';
import { PasswordChangeService } from './password-change.service.ts';
import { PasswordHash } from './password-hash.ts';
import { SessionController } from './session.controller.ts';
import { SessionDoorkeeper } from './session-doorkeeper.ts';
import { SessionRepository } from './session.repository.ts';
import { SessionService } from './session.service.ts';
import { UserRepository } from './user.repository.ts';

/** Who may use the box, and who is using it. */
@Module({
  imports: [AuditModule, ConfigurationVersionModule],
  controllers: [SessionController],
  providers: [
    FirstAdministrator,
    FirstAdministratorStart,
    Grants,
    LogInService,
    LogInThrottle,
    PasswordChangeService,
    PasswordHash,
    SessionRepository,
    SessionService,
    UserRepository,
    { provide: Doorkeeper, useClass: SessionDoorkeeper },
  ],
  exports: [SessionService, Doorkeeper],
})
export class PeopleModule {}
