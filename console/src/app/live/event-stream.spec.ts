import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CallSummary } from '../api/generated/models.ts';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { aLiveCall } from '../../testing/fixtures.ts';
import { consoleForTests } from '../../testing/providers.ts';
import { EventStream, waitBeforeAttempt } from './event-stream.ts';

describe('the event stream', () => {
  let stream: EventStream;

  beforeEach(() => {
    jest.useFakeTimers();
    FakeEventSource.opened.length = 0;
    TestBed.configureTestingModule({ providers: consoleForTests() });
    stream = TestBed.inject(EventStream);
    stream.start();
  });

  afterEach(() => {
    stream.stop();
    jest.useRealTimers();
  });

  it('tells when it stands and what calls do', () => {
    const told: CallSummary[] = [];
    let stood = 0;
    stream.calls.subscribe((call) => told.push(call));
    stream.opened.subscribe(() => (stood += 1));
    expect(stream.state()).toBe('connecting');
    FakeEventSource.newest.stand();
    expect(stream.state()).toBe('open');
    FakeEventSource.newest.tell('call', aLiveCall(1));
    expect(stood).toBe(1);
    expect(told).toEqual([aLiveCall(1)]);
  });

  it('is opened once however often it is asked for', () => {
    stream.start();
    expect(FakeEventSource.opened).toHaveLength(1);
  });

  it('waits longer before each attempt, and from the beginning after it stood', () => {
    for (const wait of [1000, 2000, 4000]) {
      FakeEventSource.newest.fail();
      expect(stream.state()).toBe('lost');
      const before = FakeEventSource.opened.length;
      jest.advanceTimersByTime(wait - 1);
      expect(FakeEventSource.opened).toHaveLength(before);
      jest.advanceTimersByTime(1);
      expect(FakeEventSource.opened).toHaveLength(before + 1);
    }
    FakeEventSource.newest.stand();
    FakeEventSource.newest.fail();
    jest.advanceTimersByTime(1000);
    expect(FakeEventSource.opened).toHaveLength(5);
  });

  it('never waits longer than half a minute', () => {
    expect(waitBeforeAttempt(50)).toBe(30_000);
  });

  it('takes a connection that has gone silent for lost; pings keep it', () => {
    FakeEventSource.newest.stand();
    jest.advanceTimersByTime(40_000);
    FakeEventSource.newest.tell('ping', {});
    jest.advanceTimersByTime(40_000);
    expect(stream.state()).toBe('open');
    jest.advanceTimersByTime(5_000);
    expect(stream.state()).toBe('lost');
    expect(FakeEventSource.opened[0]?.closed).toBe(true);
  });

  it('does not wait when there is reason to believe that it will stand', () => {
    FakeEventSource.newest.fail();
    FakeEventSource.newest.fail();
    stream.retryNow();
    expect(FakeEventSource.opened).toHaveLength(2);
    stream.retryNow();
    jest.advanceTimersByTime(10_000);
    expect(FakeEventSource.opened).toHaveLength(2);
  });

  it('does not storm a box that answers requests but no stream', () => {
    stream.failed.subscribe(() => stream.retryNow());
    for (let second = 0; second < 20; second += 1) {
      FakeEventSource.newest.fail();
      jest.advanceTimersByTime(1000);
    }
    expect(FakeEventSource.opened.length).toBeLessThan(8);
  });

  it('stays closed once stopped, even while waiting for the next attempt', () => {
    FakeEventSource.newest.fail();
    stream.stop();
    jest.advanceTimersByTime(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(stream.state()).toBe('closed');
  });
});
