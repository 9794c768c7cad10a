import { Schedule } from './schedule.schema.ts';

/** 08:30 to 17:15 with a lunch break, Monday to Friday; one local day and one day that is unlike others. */
export function officeHours(more: Partial<Schedule> = {}): Schedule {
  const day = [
    { from: '08:30', to: '12:00' },
    { from: '13:00', to: '17:15' },
  ];
  const week = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: [], sunday: [] };
  const specialDays = [
    { day: '11-15', name: '町制記念日', hours: [] },
    { day: '2026-12-27', name: '臨時開庁', hours: [{ from: '09:00', to: '12:00' }] },
  ];
  return Schedule.parse({ id: 'office', name: '本庁', week, specialDays, ...more });
}
