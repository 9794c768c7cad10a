import { LOCALE_ID, Service, inject } from '@angular/core';
import { rememberedSignal } from '../ui/remembered-signal.ts';
import { type Calendar } from './date-format.ts';

/** Which calendar dates are written in. 和暦 is what the offices' documents use, so in Japanese it is the default. */
@Service()
export class CalendarPreference {
  private readonly usual = inject(LOCALE_ID).startsWith('ja') ? 'japanese' : 'gregorian';
  readonly calendar = rememberedSignal<Calendar>('denwaban.calendar', this.usual, ['gregorian', 'japanese']);
}
