import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { elementOf } from '../../testing/dom.ts';
import { consoleForTests } from '../../testing/providers.ts';
import { CalendarPreference } from './calendar-preference.ts';
import { DateTimePipe } from './date-time.pipe.ts';

@Component({
  selector: 'dw-dated',
  imports: [DateTimePipe],
  template: `{{ '2026-11-21T00:05:00Z' | dwDateTime }}`,
})
class Dated {
  readonly preference = inject(CalendarPreference);
}

describe('the calendar switch', () => {
  afterEach(() => localStorage.clear());

  it('changes dates that are already on the screen, and is remembered', async () => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    const fixture = TestBed.createComponent(Dated);
    await fixture.whenStable();
    expect(elementOf(fixture).textContent).toBe('令和8年11月21日(土) 9:05');
    fixture.componentInstance.preference.calendar.set('gregorian');
    await fixture.whenStable();
    expect(elementOf(fixture).textContent).toBe('2026年11月21日(土) 9:05');
    expect(localStorage.getItem('denwaban.calendar')).toBe('gregorian');
  });
});
