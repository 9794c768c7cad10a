import { HttpResponse, type HttpInterceptorFn } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import { tap } from 'rxjs';

/** Below this, network delay and the one-second grain of the header say more than the clocks. */
const TOLERANCE_MS = 2000;

/** The box's time. Office PCs without a time server can be minutes off; elapsed times must not follow them. */
@Service()
export class ServerClock {
  private offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** @param date value of a `Date` header (RFC 9110 6.6.1) received just now */
  learn(date: string): void {
    const offsetMs = Date.parse(date) - Date.now();
    if (!Number.isNaN(offsetMs)) this.offsetMs = Math.abs(offsetMs) > TOLERANCE_MS ? offsetMs : 0;
  }
}

export const clockInterceptor: HttpInterceptorFn = (request, next) => {
  const clock = inject(ServerClock);
  return next(request).pipe(
    tap((event) => {
      const date = event instanceof HttpResponse ? event.headers.get('Date') : null;
      if (date !== null) clock.learn(date);
    }),
  );
};
