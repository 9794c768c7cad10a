import { type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { ApiFailure } from '../api/api-failure.ts';
import { SessionRenewal } from './session-renewal.ts';
import { NOT_LOGGED_IN, WITHOUT_RENEWAL } from './session.ts';

/** A request refused because the session ended waits for the person to log in again, and is then sent once more. */
export const sessionInterceptor: HttpInterceptorFn = (request, next) => {
  const renewal = inject(SessionRenewal);
  if (request.context.get(WITHOUT_RENEWAL)) return next(request);
  return next(request).pipe(
    catchError((error: unknown) => {
      if (!(error instanceof ApiFailure) || error.errorId !== NOT_LOGGED_IN) return throwError(() => error);
      return from(renewal.ask()).pipe(switchMap((renewed) => (renewed ? next(request) : throwError(() => error))));
    }),
  );
};
