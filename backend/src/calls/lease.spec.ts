import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeAsterisk } from './doubles.fixture.ts';
import { Lease } from './lease.ts';

let asterisk: FakeAsterisk;
const lease = (ageMs = 0) => new Lease(asterisk.ami, 'c1', ageMs);

/** The process stands still: time passes, timers do not run. */
const standStill = (ms: number) => {
  const now = performance.now();
  jest.spyOn(performance, 'now').mockImplementation(() => now + ms);
};

beforeEach(() => {
  jest.useFakeTimers();
  asterisk = new FakeAsterisk();
});

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('the lease of a claimed call', () => {
  it('is renewed at once and each second until it is ended', async () => {
    const stop = lease().keepWhile(() => true);
    await jest.advanceTimersByTimeAsync(10_000);
    await stop();
    expect(asterisk.renewals).toBe(11);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(asterisk.renewals).toBe(11);
  });

  it('is not renewed for a step that makes no progress', async () => {
    let progress = true;
    const stop = lease().keepWhile(() => progress);
    await jest.advanceTimersByTimeAsync(1500);
    progress = false;
    await jest.advanceTimersByTimeAsync(5000);
    await stop();
    expect(asterisk.renewals).toBe(2);
  });

  it('outlives renewals that fail for less than its length', async () => {
    const stop = lease().keepWhile(() => true);
    await jest.advanceTimersByTimeAsync(1500);
    asterisk.before = () => {
      throw new Error('busy');
    };
    await jest.advanceTimersByTimeAsync(1000);
    asterisk.before = () => undefined;
    await jest.advanceTimersByTimeAsync(5000);
    await stop();
    expect(asterisk.renewals).toBe(8);
  });

  it('is given up when the process stood still so long that the dialplan has taken the call', async () => {
    const stop = lease().keepWhile(() => true);
    await jest.advanceTimersByTimeAsync(1500);
    standStill(2600);
    await jest.advanceTimersByTimeAsync(5000);
    await stop();
    expect(asterisk.renewals).toBe(2);
  });

  it('is given up between two steps as well', async () => {
    const held = lease();
    await held.keepWhile(() => true)();
    standStill(2600);
    await held.keepWhile(() => true)();
    expect(asterisk.renewals).toBe(1);
  });

  it('is never taken up for a call that waited too long to be heard of', async () => {
    await lease(2600).keepWhile(() => true)();
    expect(asterisk.renewals).toBe(0);
  });

  it('ends only when the last renewal has arrived', async () => {
    let arrived = false;
    const arrive = (done: () => void) => {
      arrived = true;
      done();
    };
    const slow = { setVariable: () => new Promise<void>((done) => setTimeout(() => arrive(done), 300)) };
    const stop = new Lease(slow as unknown as FakeAsterisk['ami'], 'c1', 0).keepWhile(() => true);
    const ended = stop();
    await jest.advanceTimersByTimeAsync(299);
    expect(arrived).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await ended;
    expect(arrived).toBe(true);
  });
});
