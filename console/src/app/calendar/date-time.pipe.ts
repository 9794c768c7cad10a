import { LOCALE_ID, Pipe, type PipeTransform, inject } from '@angular/core';
import { CalendarPreference } from './calendar-preference.ts';
import { formatDate, formatDateTime, formatTime } from './date-format.ts';

/** date: the day alone; clock: 9:05; time: 9:05:07; minutes and seconds: both day and time. */
export type DateTimeStyle = 'date' | 'clock' | 'time' | 'minutes' | 'seconds';

/**
 * An instant in the calendar the person chose. Impure because the choice is a signal, not an argument: a pure pipe
 * would keep the old text after a switch.
 */
@Pipe({ name: 'dwDateTime', pure: false })
export class DateTimePipe implements PipeTransform {
  private readonly preference = inject(CalendarPreference);
  private readonly locale = inject(LOCALE_ID);

  transform(instant: string | Date, style: DateTimeStyle = 'minutes'): string {
    const format = { calendar: this.preference.calendar(), locale: this.locale };
    switch (style) {
      case 'date':
        return formatDate(instant, format);
      case 'clock':
        return formatTime(instant);
      case 'time':
        return formatTime(instant, { seconds: true });
      case 'minutes':
        return formatDateTime(instant, format);
      case 'seconds':
        return formatDateTime(instant, { ...format, seconds: true });
    }
  }
}
