import { inject } from '@angular/core';
import { type CanActivateFn, type CanMatchFn, RedirectCommand, Router } from '@angular/router';
import { type Permission } from './permission.ts';
import { Session } from './session.ts';

/** Only with a session; remembers where the person wanted to go. */
export const loggedIn: CanActivateFn = async (_route, state) => {
  const session = inject(Session);
  const router = inject(Router);
  if (!(await isKnown(session))) return unavailable(router);
  if (!session.user()) {
    return router.createUrlTree(['/log-in'], state.url === '/' ? {} : { queryParams: { next: state.url } });
  }
  return session.mustChangePassword() && state.url !== '/password' ? router.parseUrl('/password') : true;
};

/** The log-in screen is no place for somebody who is logged in. */
export const loggedOut: CanActivateFn = async () => {
  const session = inject(Session);
  const router = inject(Router);
  if (!(await isKnown(session))) return unavailable(router);
  return session.user() ? new RedirectCommand(router.parseUrl('/'), { replaceUrl: true }) : true;
};

/**
 * A screen without its permission does not exist: the person gets the "not found" page. Matching comes before
 * `loggedIn`, so that whoever is not logged in yet is let through to it.
 */
export const permitted: CanMatchFn = async (route) => {
  const session = inject(Session);
  if (!(await isKnown(session)) || !session.user() || session.mustChangePassword()) return true;
  const permission = route.data?.['permission'] as Permission | undefined;
  return permission === undefined || session.can(permission);
};

/** Whether the API said who is here; not when it cannot be reached. */
const isKnown = (session: Session): Promise<boolean> =>
  session.load().then(
    () => true,
    () => false,
  );

const unavailable = (router: Router) =>
  new RedirectCommand(router.parseUrl('/unavailable'), { skipLocationChange: true });
