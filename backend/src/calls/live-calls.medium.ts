import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiUnderTest } from '../../../test/medium/api/api-under-test.ts';
import { eventually } from '../../../test/medium/api/eventually.ts';
import { aCall, announceCall, endCall, fileCalls } from '../../../test/medium/api/filed-calls.ts';
import { Visitor } from '../../../test/medium/api/visitor.ts';
import { SessionService } from '../people/session.service.ts';
import { LiveCall, LiveCalls } from './call.schema.ts';
import { LiveCallsStream } from './live-calls.stream.ts';

interface Watcher {
  response: IncomingMessage;
  text: () => string;
  calls: () => LiveCall[];
  ended: () => boolean;
}

let api: ApiUnderTest;
let visitor: Visitor;
const watchers: Watcher[] = [];

async function watch(watching = visitor): Promise<Watcher> {
  const response = await watching.open('GET', '/api/v1/events');
  let received = '';
  let ended = false;
  response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  response.once('close', () => (ended = true)).on('error', () => undefined);
  const watcher = {
    response,
    text: () => received,
    calls: () =>
      [...received.matchAll(/^event: call\ndata: (.*)\n\n/gm)].map(([, data]) =>
        LiveCall.parse(JSON.parse(data ?? '')),
      ),
    ended: () => ended,
  };
  watchers.push(watcher);
  await eventually(() => received.includes('retry:'));
  return watcher;
}

const live = () => aCall({ startedAt: new Date(), endedAt: null });
const file = (call: ReturnType<typeof aCall>) => fileCalls(api.database.dataSource, [call]);
const announce = (id: string) => announceCall(api.database.dataSource, id);
/** A call in progress may be told again unchanged: what counts is how it goes on. */
const statesOf = (watcher: Watcher, id: string) =>
  watcher
    .calls()
    .flatMap((call) => (call.id === id ? [call.state] : []))
    .filter((state, index, states) => state !== states[index - 1]);

beforeAll(async () => {
  api = await ApiUnderTest.start();
});
beforeEach(async () => {
  await api.database.dataSource.query('DELETE FROM calls');
  visitor = await api.administrator();
});
afterEach(() => {
  jest.restoreAllMocks();
  watchers.splice(0).forEach(({ response }) => response.destroy());
});
afterAll(() => api.stop());

describe('the live board', () => {
  it('lists calls in progress only, newest first', async () => {
    const [older, newer] = [{ ...live(), startedAt: new Date(Date.now() - 5000) }, live()];
    await fileCalls(api.database.dataSource, [older, newer, aCall()]);
    const { calls } = (await visitor.ask('GET', '/api/v1/calls/live')).as(LiveCalls);
    expect(calls.map(({ id }) => id)).toEqual([newer.id, older.id]);
  });

  it('is told of the calls in progress at first, then of each change until the end', async () => {
    const present = live();
    await file(present);
    const watcher = await watch();
    expect(watcher.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await eventually(() => statesOf(watcher, present.id).length === 1);
    const coming = live();
    await file(coming);
    await announce(coming.id);
    await eventually(() => statesOf(watcher, coming.id).length === 1);
    await endCall(api.database.dataSource, coming.id, new Date());
    await announce(coming.id);
    await eventually(() => statesOf(watcher, coming.id).join() === 'talking,ended');
    expect(watcher.calls().at(-1)?.recording).toMatchObject({ state: 'sealing' });
  });

  it('is not disturbed by a message about a call that is not there', async () => {
    const watcher = await watch();
    await announce(randomUUID());
    const call = live();
    await file(call);
    await announce(call.id);
    await eventually(() => statesOf(watcher, call.id).length === 1);
  });

  it('learns after an outage of the database what began and what ended unheard', async () => {
    const ending = live();
    await file(ending);
    const watcher = await watch();
    await eventually(() => statesOf(watcher, ending.id).join() === 'talking');
    const coming = live();
    await file(coming);
    await endCall(api.database.dataSource, ending.id, new Date());
    await api.database.setReachable(false);
    await api.database.setReachable(true);
    await eventually(() => statesOf(watcher, ending.id).at(-1) === 'ended' && statesOf(watcher, coming.id).length > 0);
  });
});

describe('a live stream', () => {
  const open = () => api.http.application.get(LiveCallsStream, { strict: false }).watchers;

  it('ends when its session is ended', async () => {
    const watcher = await watch();
    await visitor.ask('DELETE', '/api/v1/session');
    await eventually(watcher.ended);
  });

  it('goes on when another session of the same person is ended', async () => {
    const [watcher, elsewhere] = [await watch(), await api.administrator()];
    await elsewhere.ask('DELETE', '/api/v1/session');
    const call = live();
    await file(call);
    await announce(call.id);
    await eventually(() => statesOf(watcher, call.id).length === 1);
    expect(watcher.ended()).toBe(false);
  });

  it('does not keep its session alive', async () => {
    await watch();
    const touch = jest.spyOn(api.http.application.get(SessionService, { strict: false }), 'identify');
    await eventually(() => open() > 0);
    expect(touch).not.toHaveBeenCalled();
  });

  it('that is only asked about ends at once', async () => {
    expect((await visitor.ask('HEAD', '/api/v1/events')).status).toBe(200);
  });

  it('leaves nothing behind when the watcher goes', async () => {
    await eventually(() => open() === 0);
    const several = await Promise.all([watch(), watch(), watch()]);
    expect(open()).toBe(3);
    several.forEach(({ response }) => response.destroy());
    await eventually(() => open() === 0);
  });
});
