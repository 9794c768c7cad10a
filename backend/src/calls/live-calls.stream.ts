import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Response } from 'express';
import { interval, type Observable, Subscription } from 'rxjs';
import { TooManyStreamsError } from './calls.errors.ts';
import type { LiveCall } from './call.schema.ts';

const PING_MS = 15_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 2000;
/**
 * A watcher that reads slower than this is let go; it connects again and gets everything anew. What it is told at first does not count:
 * on a busy day that alone is more, and a watcher let go for it would never get any further.
 */
const LARGEST_BACKLOG_BYTES = 512 * 1024;
/** Far above the screens of an office, far below what would hurt. */
const MOST_STREAMS = 500;

export interface Watching {
  /** What is told first. */
  current: () => Promise<LiveCall[]>;
  changes$: Observable<LiveCall>;
  /** Emits when somebody should look at the health of the box. */
  health$: Observable<unknown>;
  /** Emits when the session that watches has ended. */
  ended$: Observable<unknown>;
  /** Asked at each ping, because a session can also end by time. */
  stillAllowed: () => Promise<boolean>;
}

const eventText = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Server-sent events (WHATWG HTML, section 9.2) of calls, to any number of watchers. */
@Injectable()
export class LiveCallsStream implements BeforeApplicationShutdown {
  private readonly open = new Set<Response>();

  get watchers(): number {
    return this.open.size;
  }

  beforeApplicationShutdown(): void {
    this.open.forEach((reply) => reply.end());
  }

  /** Resolves when the watcher is gone or let go. */
  async serve(reply: Response, { current, changes$, health$, ended$, stillAllowed }: Watching): Promise<void> {
    if (this.open.size >= MOST_STREAMS) throw new TooManyStreamsError();
    let firstBytes = 0;
    const send = (event: string, data: unknown) => {
      if (reply.writableEnded || reply.destroyed) return;
      if (reply.writableLength > LARGEST_BACKLOG_BYTES + firstBytes) reply.destroy();
      else reply.write(eventText(event, data));
    };
    const subscription = new Subscription();
    const left = new Promise<void>((resolve) => reply.once('close', resolve));
    this.open.add(reply);
    try {
      // Subscribed before the first look, so that nothing falls between the two; a call told twice does no harm.
      const early: LiveCall[] = [];
      let started = false;
      subscription.add(
        changes$.subscribe((call) => {
          if (started) send('call', call);
          else early.push(call);
        }),
      );
      const calls = await current();
      begin(reply);
      const first = [...calls, ...early].map((call) => eventText('call', call)).join('');
      firstBytes = Buffer.byteLength(first);
      reply.write(first);
      started = true;
      subscription.add(health$.subscribe(() => send('health', {})));
      subscription.add(ended$.subscribe(() => reply.end()));
      subscription.add(interval(PING_MS).subscribe(() => void this.ping(reply, send, stillAllowed)));
      await left;
    } finally {
      subscription.unsubscribe();
      this.open.delete(reply);
    }
  }

  private async ping(
    reply: Response,
    send: (event: string, data: unknown) => void,
    stillAllowed: () => Promise<boolean>,
  ): Promise<void> {
    // With the database down nobody can be asked; the calls cannot change then either.
    const allowed = await stillAllowed().catch(() => true);
    if (allowed) send('ping', {});
    else reply.end();
  }
}

function begin(reply: Response): void {
  reply.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  reply.write(`retry: ${RETRY_MS}\n\n`);
}
