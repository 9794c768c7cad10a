import { HttpClient } from '@angular/common/http';
import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { consoleForTests } from '../../testing/providers.ts';
import { ServerClock } from './server-clock.ts';

describe('the box’s time', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 21, 0, 0, 0) });
    TestBed.configureTestingModule({ providers: consoleForTests() });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  function learn(date: string): Date {
    TestBed.inject(HttpClient).get('/x').subscribe();
    TestBed.inject(HttpTestingController)
      .expectOne('/x')
      .flush({}, { headers: { Date: date } });
    return TestBed.inject(ServerClock).now();
  }

  it('is learnt from any answer when the PC is minutes off', () => {
    expect(learn('Sat, 21 Nov 2026 00:05:00 GMT').toISOString()).toBe('2026-11-21T00:05:00.000Z');
  });

  it('does not jitter by the grain of the header', () => {
    expect(learn('Fri, 20 Nov 2026 23:59:59 GMT').toISOString()).toBe('2026-11-21T00:00:00.000Z');
  });

  it('is the PC’s while nothing sensible is told', () => {
    expect(learn('soon').toISOString()).toBe('2026-11-21T00:00:00.000Z');
  });
});
