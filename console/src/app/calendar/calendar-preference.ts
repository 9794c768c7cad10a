import { Service } from '@angular/core';
import { rememberedSignal } from '../ui/remembered-signal.ts';
import { type Calendar } from './date-format.ts';

/** Which calendar dates are written in. 和暦 is what the offices' documents use, so it is the default. */
@Service()
export class CalendarPreference {
  readonly calendar = rememberedSignal<Calendar>('denwaban.calendar', 'japanese', ['gregorian', 'japanese']);
}
