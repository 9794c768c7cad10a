import { HttpTestingController } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeEventSource } from '../../testing/fake-event-source.ts';
import { aCall, aLiveCall, idOf } from '../../testing/fixtures.ts';
import { consoleForTests, failureBody } from '../../testing/providers.ts';
import { settle } from '../../testing/settle.ts';
import { LiveCalls } from './live-calls.ts';

const LIVE = '/api/v1/calls/live';

describe('the calls in progress', () => {
  let live: LiveCalls;
  let http: HttpTestingController;
  const ids = () => live.inProgress().map(({ id }) => id);

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: consoleForTests() });
    live = TestBed.inject(LiveCalls);
    http = TestBed.inject(HttpTestingController);
    live.start();
    FakeEventSource.newest.stand();
  });

  afterEach(() => {
    live.stop();
    http.verify();
  });

  async function answer(...calls: ReturnType<typeof aLiveCall>[]): Promise<void> {
    http.expectOne(LIVE).flush({ calls });
    await settle();
  }

  it('are asked for when the stream stands, and stand oldest first', async () => {
    expect(live.loaded()).toBe(false);
    await answer(aLiveCall(1), aLiveCall(2));
    expect(live.loaded()).toBe(true);
    expect(ids()).toEqual([idOf(2), idOf(1)]);
    expect(live.count()).toBe(2);
  });

  it('come, change and go as the stream tells', async () => {
    await answer(aLiveCall(2));
    FakeEventSource.newest.tell('call', aLiveCall(1, { state: 'ringing' }));
    expect(ids()).toEqual([idOf(2), idOf(1)]);
    FakeEventSource.newest.tell('call', aLiveCall(1, { recorder: 'stalled' }));
    expect(live.inProgress()[1]).toMatchObject({ state: 'talking', recorder: 'stalled' });
    FakeEventSource.newest.tell('call', aCall(2));
    expect(ids()).toEqual([idOf(1)]);
    expect(live.justEnded().map(({ id }) => id)).toEqual([idOf(2)]);
  });

  it('believe the stream over a list that was on its way', async () => {
    FakeEventSource.newest.tell('call', aLiveCall(1));
    FakeEventSource.newest.tell('call', aCall(1));
    await answer(aLiveCall(1), aLiveCall(3));
    expect(ids()).toEqual([idOf(3)]);
  });

  it('forget calls that ended while the stream was lost', async () => {
    await answer(aLiveCall(1), aLiveCall(2));
    FakeEventSource.newest.stand();
    await answer(aLiveCall(2));
    expect(ids()).toEqual([idOf(2)]);
  });

  it('keep what is known when the list cannot be had, and say so', async () => {
    await answer(aLiveCall(1));
    FakeEventSource.newest.stand();
    http.expectOne(LIVE).flush(failureBody('database-down'), { status: 503, statusText: 'down' });
    await settle();
    expect(ids()).toEqual([idOf(1)]);
    expect(live.failure()?.errorId).toBe('database-down');
  });

  it('ask by an ordinary request why the stream was lost, and go on at once when it is answered', async () => {
    await answer(aLiveCall(1));
    const streams = FakeEventSource.opened.length;
    FakeEventSource.newest.fail();
    await answer(aLiveCall(2));
    expect(ids()).toEqual([idOf(2)]);
    expect(FakeEventSource.opened).toHaveLength(streams + 1);
    FakeEventSource.newest.fail();
    http.expectOne(LIVE).error(new ProgressEvent('error'));
    await settle();
    expect(FakeEventSource.opened).toHaveLength(streams + 1);
  });

  it('remember the last five that ended, the newest first, and what became of their recordings', async () => {
    await answer(...[1, 2, 3, 4, 5, 6].map((n) => aLiveCall(n)));
    for (const n of [6, 5, 4, 3, 2, 1]) FakeEventSource.newest.tell('call', aCall(n, { recording: null }));
    expect(live.justEnded().map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map(idOf));
    FakeEventSource.newest.tell('call', aCall(3));
    expect(live.justEnded()[2]?.recording?.state).toBe('sealed');
  });

  it('take no notice of the end of a call they never knew', async () => {
    await answer();
    FakeEventSource.newest.tell('call', aCall(9));
    expect(live.justEnded()).toEqual([]);
  });
});
