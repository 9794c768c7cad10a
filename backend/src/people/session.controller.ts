import { Controller } from '@nestjs/common';
import type { Response } from 'express';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { type Asked, type AskedByAnybody, Route } from '../platform/http/route.ts';
import { LogInService } from './log-in.service.ts';
import { PasswordChangeService } from './password-change.service.ts';
import { LogIn, PasswordChange, Session } from './session.schema.ts';
import { SessionService, sessionOf } from './session.service.ts';
import { endedSessionCookie, hashOfToken, sessionCookie, tokenFrom } from './session-token.ts';

const giveToken = (reply: Response, token: string) => reply.setHeader('set-cookie', sessionCookie(token));

@Controller()
export class SessionController {
  constructor(
    private readonly logIns: LogInService,
    private readonly passwords: PasswordChangeService,
    private readonly sessions: SessionService,
    private readonly audit: AuditTrail,
  ) {}

  @Route({
    method: 'post',
    path: '/session',
    access: 'public',
    summary: 'Log in',
    body: LogIn,
    response: Session,
  })
  async logIn({ body, request, reply, remoteAddress }: AskedByAnybody & { body: LogIn }): Promise<Session> {
    const { token, who } = await this.logIns.logIn(body, remoteAddress);
    const before = tokenFrom(request.headers.cookie);
    if (before !== null) await this.sessions.end(hashOfToken(before));
    giveToken(reply, token);
    return sessionOf(who);
  }

  @Route({
    method: 'get',
    path: '/session',
    access: 'session',
    summary: 'Who is logged in, and what they may do',
    response: Session,
  })
  readSession({ who }: Asked): Session {
    return sessionOf(who);
  }

  @Route({
    method: 'delete',
    path: '/session',
    access: 'session',
    summary: 'Log out',
    response: null,
  })
  async logOut({ who, reply, remoteAddress }: Asked): Promise<void> {
    await this.audit.record({ userId: who.userId, action: 'session.log-out', remoteAddress });
    await this.sessions.end(who.sessionHash);
    reply.setHeader('set-cookie', endedSessionCookie());
    reply.setHeader('clear-site-data', '"cache", "cookies"');
  }

  @Route({
    method: 'put',
    path: '/session/password',
    access: 'session',
    summary: 'Change the own password; ends all other sessions of the user',
    body: PasswordChange,
    response: Session,
  })
  async changePassword({ body, who, reply, remoteAddress }: Asked & { body: PasswordChange }): Promise<Session> {
    const changed = await this.passwords.change(who, body, remoteAddress);
    giveToken(reply, changed.token);
    return sessionOf(changed.who);
  }
}
