import { type DenwabanError, NotFoundError, NotLoggedInError } from '../errors.ts';
import { NotAllowedError, PasswordChangeRequiredError } from './http.errors.ts';
import type { RouteDeclaration } from './route.ts';
import type { Refusal, Who } from './who.ts';

/** Whether a person may use a route; null = yes. */
export function refusalOf({ access }: RouteDeclaration, who: Who | null): Refusal | null {
  if (access === 'public') return null;
  if (who === null) return 'not-logged-in';
  if (access === 'session') return null;
  if (who.mustChangePassword) return 'password-change-required';
  return who.permissions.has(access) ? null : 'not-allowed';
}

/** A route to one named thing answers "not allowed" like "not found", so that nobody learns what exists. */
export function refusalError(refusal: Refusal, route: RouteDeclaration): DenwabanError {
  switch (refusal) {
    case 'not-logged-in':
      return new NotLoggedInError();
    case 'password-change-required':
      return new PasswordChangeRequiredError();
    case 'not-allowed':
      return route.params ? new NotFoundError() : new NotAllowedError();
  }
}
