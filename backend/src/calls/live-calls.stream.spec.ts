import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, Subject } from 'rxjs';
import type { LiveCall } from './call.schema.ts';
import { LiveCallsStream, type Watching } from './live-calls.stream.ts';

class FakeReply extends EventEmitter {
  written = '';
  writableLength = 0;
  writableEnded = false;
  destroyed = false;
  readonly writeHead = jest.fn();
  write(text: string): void {
    if (this.writableEnded) throw new Error('written after its end');
    this.written += text;
  }
  end(): void {
    this.writableEnded = true;
    this.emit('close');
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const call = (id: string) => ({ id, state: 'talking' }) as LiveCall;
const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe('a live stream', () => {
  let reply: FakeReply;
  let stream: LiveCallsStream;
  const serve = (watching: Partial<Watching> = {}) =>
    stream.serve(reply as unknown as Response, {
      current: () => Promise.resolve([]),
      changes$: NEVER,
      health$: NEVER,
      ended$: NEVER,
      stillAllowed: () => Promise.resolve(true),
      ...watching,
    });

  beforeEach(() => {
    jest.useFakeTimers();
    reply = new FakeReply();
    stream = new LiveCallsStream();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('says that the health of the box has changed, and leaves the rest to who may ask', async () => {
    const health$ = new Subject<unknown>();
    void serve({ health$ });
    await turns();
    health$.next({ level: 'alarm' });
    expect(reply.written).toContain('event: health\ndata: {}\n\n');
  });

  it('pings every 15 seconds for as long as the session lasts', async () => {
    let allowed = true;
    const served = serve({ stillAllowed: () => Promise.resolve(allowed) });
    await jest.advanceTimersByTimeAsync(45_000);
    expect(reply.written.match(/event: ping/g)).toHaveLength(3);
    allowed = false;
    await jest.advanceTimersByTimeAsync(15_000);
    expect(reply.writableEnded).toBe(true);
    await served;
    expect(stream.watchers).toBe(0);
  });

  it('goes on while nobody can be asked about the session', async () => {
    void serve({ stillAllowed: () => Promise.reject(new Error('database down')) });
    await jest.advanceTimersByTimeAsync(15_000);
    expect(reply.written).toContain('event: ping');
  });

  it('tells what changed while it took its first look, after that look', async () => {
    const changes$ = new Subject<LiveCall>();
    const look = Promise.withResolvers<LiveCall[]>();
    void serve({ current: () => look.promise, changes$ });
    changes$.next(call('changed'));
    look.resolve([call('present')]);
    await turns();
    expect([...reply.written.matchAll(/"id":"(\w+)"/g)].map(([, id]) => id)).toEqual(['present', 'changed']);
  });

  it('lets go of a watcher that does not read', async () => {
    const changes$ = new Subject<LiveCall>();
    const served = serve({ changes$ });
    await turns();
    reply.writableLength = 1_000_000;
    changes$.next(call('one'));
    expect(reply.destroyed).toBe(true);
    await served;
    expect(changes$.observed).toBe(false);
  });

  it('tells a watcher of as many calls as there are at first, and goes on', async () => {
    const changes$ = new Subject<LiveCall>();
    // As a socket does that has not sent anything yet.
    reply.write = (text) => {
      reply.written += text;
      reply.writableLength += text.length;
    };
    const busy = Array.from({ length: 800 }, (_, index) => ({ ...call(`busy${index}`), dialled: '0'.repeat(1000) }));
    void serve({ current: () => Promise.resolve(busy), changes$ });
    await turns();
    changes$.next(call('next'));
    expect([reply.destroyed, reply.written.match(/event: call/g)?.length]).toEqual([false, 801]);
  });

  it('is refused when there are too many', async () => {
    for (let index = 0; index < 500; index += 1) {
      reply = new FakeReply();
      void serve();
    }
    reply = new FakeReply();
    await expect(serve()).rejects.toMatchObject({ errorId: 'too-many-streams' });
  });

  it('writes no ping to a watcher that was let go while its session was looked at', async () => {
    const asked = Promise.withResolvers<boolean>();
    const ended$ = new Subject<void>();
    const served = serve({ ended$, stillAllowed: () => asked.promise });
    await jest.advanceTimersByTimeAsync(15_000);
    ended$.next();
    asked.resolve(true);
    await served;
    await turns();
    expect(reply.written).not.toContain('ping');
  });

  it('is ended when the process stops', async () => {
    const served = serve();
    await turns();
    stream.beforeApplicationShutdown();
    await served;
    expect(reply.writableEnded).toBe(true);
  });

  it('fails as any other route when the first look fails', async () => {
    await expect(serve({ current: () => Promise.reject(new Error('down')) })).rejects.toThrow('down');
    expect(reply.written).toBe('');
    expect(stream.watchers).toBe(0);
  });

  it('ends at once when the watcher left during the first look', async () => {
    const look = Promise.withResolvers<LiveCall[]>();
    const served = serve({ current: () => look.promise });
    reply.destroy();
    look.resolve([]);
    await served;
    expect(stream.watchers).toBe(0);
  });
});
