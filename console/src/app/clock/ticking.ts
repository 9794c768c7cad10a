import { DestroyRef, type Signal, inject, signal } from '@angular/core';
import { ServerClock } from './server-clock.ts';

/** The box's time, new every second, for as long as the component lives. */
export function tickingNow(): Signal<Date> {
  const clock = inject(ServerClock);
  const now = signal(clock.now());
  const timer = setInterval(() => now.set(clock.now()), 1000);
  inject(DestroyRef).onDestroy(() => clearInterval(timer));
  return now.asReadonly();
}
