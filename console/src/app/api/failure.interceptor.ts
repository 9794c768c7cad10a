import { type HttpInterceptorFn } from '@angular/common/http';
import { catchError, throwError } from 'rxjs';
import { toApiFailure } from './api-failure.ts';

/** The door: behind it every failed request is an `ApiFailure`. */
export const failureInterceptor: HttpInterceptorFn = (request, next) =>
  next(request).pipe(catchError((error: unknown) => throwError(() => toApiFailure(error))));
