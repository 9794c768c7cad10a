import { HttpErrorResponse, type HttpInterceptorFn } from '@angular/common/http';
import { catchError, from, switchMap, throwError } from 'rxjs';
import { toApiFailure } from './api-failure.ts';

/** The door: behind it every failed request is an `ApiFailure`. */
export const failureInterceptor: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    catchError((error: unknown) => {
      if (!(error instanceof HttpErrorResponse) || !(error.error instanceof Blob)) {
        return throwError(() => toApiFailure(error));
      }
      return from(readable(error, error.error)).pipe(switchMap((read) => throwError(() => toApiFailure(read))));
    }),
  );

/** A refusal of a download comes as a file too: the API's words have to be read out of it. */
async function readable({ status, headers, url }: HttpErrorResponse, body: Blob): Promise<HttpErrorResponse> {
  const text = await body.text();
  return new HttpErrorResponse({ status, headers, url: url ?? undefined, error: parsed(text) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
