import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { refusalError, refusalOf } from './access.ts';
import { declarationOf, type AnsweringRequest, UndeclaredRouteError } from './route.ts';
import { Doorkeeper } from './who.ts';

/** Lets a request in only when the route's declared permission is held. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly doorkeeper: Doorkeeper) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = declarationOf(context.getHandler());
    if (!route) throw new UndeclaredRouteError(context.getClass().name, context.getHandler().name);
    const request = context.switchToHttp().getRequest<AnsweringRequest>();
    const who = route.access === 'public' ? null : await this.doorkeeper.identify(request);
    const refusal = refusalOf(route, who);
    if (refusal) {
      await this.doorkeeper.turnedAway(refusal, who, `${route.method} ${route.path}`, request);
      throw refusalError(refusal, route);
    }
    request.who = who;
    return true;
  }
}
