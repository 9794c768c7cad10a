import ari, { type Client, type Operation, type Socket } from 'ari-client';
import { BehaviorSubject, type Observable, Subject } from 'rxjs';
import type { Logger } from '../platform/logging.ts';
import { askAri, replaceShred } from './ari-http.ts';
import { type AsteriskEvent, readAsteriskEvent } from './asterisk-events.ts';
import { AriError, AsteriskUnreachableError } from './asterisk.errors.ts';
import { backOffMs } from './back-off.ts';

export interface AriOptions {
  host: string;
  port: number;
  username: string;
  password: string;
  application: string;
}

/** Two of three events of a call are these, and nobody needs them (telephony.md 1.6). */
const UNWANTED_EVENTS = ['ChannelDialplan', 'ChannelVarset'];
export const ARI_TIMES = { answerMs: 2000, apiDocsMs: 5000, pingEveryMs: 2000 };
const PINGS_MISSED = 2;

/**
 * One lasting connection to ARI around `ari-client` 2.2.0 (telephony.md 6.3): a new client per connection, own back-off
 * that never gives up, a watchdog on the websocket, every command settles, unknown events do no harm.
 */
export class AriConnection {
  private readonly state = new BehaviorSubject(false);
  private readonly events = new Subject<AsteriskEvent>();
  private client: Client | undefined;
  private socket: Socket | undefined;
  private pingTimer: NodeJS.Timeout | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private attempt = 0;
  private missedPongs = 0;
  /** Counts connections, so that whatever a former one still has to say is recognised. */
  private generation = 0;
  private stopped = true;

  readonly connected$: Observable<boolean> = this.state.asObservable();
  readonly events$: Observable<AsteriskEvent> = this.events.asObservable();

  constructor(
    private readonly options: AriOptions,
    private readonly logger: Logger,
    private readonly times = ARI_TIMES,
  ) {
    replaceShred(times.answerMs);
  }

  get connected(): boolean {
    return this.state.value;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.close('stopped');
  }

  /**
   * Runs one operation of Asterisk's api-docs, e.g. `request('channels', 'answer', { channelId })`.
   * @returns what Asterisk answered, not yet checked
   * @throws AriError with the HTTP status; AsteriskUnreachableError when not connected or not answered in time
   */
  async request(resource: string, operation: string, parameters: Record<string, unknown>): Promise<unknown> {
    const { client } = this;
    if (!client || !this.state.value) throw new AsteriskUnreachableError('ARI is not connected');
    return this.call(client, resource, operation, parameters);
  }

  private async connect(): Promise<void> {
    this.generation += 1;
    const { generation } = this;
    try {
      const client = await this.loadClient();
      if (generation !== this.generation) return;
      await this.openSocket(client, generation);
      await this.subscribe(client);
      if (generation !== this.generation) return;
      this.client = client;
      this.opened(generation);
    } catch (error) {
      if (generation === this.generation) this.close(this.describe(error));
    }
  }

  /** Asks first whether Asterisk answers at all: the library's first request has no timeout and would stay open. */
  private async loadClient(): Promise<Client> {
    const { host, port, username, password } = this.options;
    const url = `http://${host}:${port}`;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    await askAri(`${url}/ari/asterisk/ping`, { headers: { authorization } }, this.times.answerMs);
    return withTimeout(ari.connect(url, username, password), this.times.apiDocsMs, 'api-docs');
  }

  /**
   * The library's own handlers are taken off its socket in the tick in which they are put on: they crash on an event
   * type that is not in the api-docs, and reconnect at most ten times.
   */
  private async openSocket(client: Client, generation: number): Promise<void> {
    const started = client.start(this.options.application, true);
    const socket = client._ws;
    this.socket = socket;
    for (const event of ['message', 'close', 'error', 'pong']) socket.removeAllListeners(event);
    const failed = new Promise<never>((_, reject) => {
      const lost = (error?: unknown) => {
        const reason = error instanceof Error ? this.describe(error) : 'websocket closed';
        reject(new AsteriskUnreachableError(reason));
        if (generation === this.generation) this.close(reason);
      };
      socket.on('error', lost);
      socket.on('close', () => lost());
    });
    socket.on('message', (data: unknown) => this.receive(generation, String(data)));
    socket.on('pong', () => (this.missedPongs = 0));
    await withTimeout(Promise.race([started, failed]), this.times.answerMs, 'websocket');
  }

  /** The application is forgotten by Asterisk when its last connection and channel are gone, hence every time. */
  private async subscribe(client: Client): Promise<void> {
    const filter = { disallowed: UNWANTED_EVENTS.map((type) => ({ type })) };
    await this.call(client, 'applications', 'filter', { applicationName: this.options.application, filter });
  }

  private opened(generation: number): void {
    this.attempt = 0;
    this.missedPongs = 0;
    this.pingTimer = setInterval(() => this.watch(generation), this.times.pingEveryMs);
    this.logger.info({}, 'ARI connected');
    this.state.next(true);
  }

  private watch(generation: number): void {
    if (generation !== this.generation) return;
    if (this.missedPongs >= PINGS_MISSED) {
      this.close('pings not answered');
      return;
    }
    this.missedPongs += 1;
    this.socket?.ping();
  }

  private receive(generation: number, text: string): void {
    if (generation !== this.generation) return;
    const read = readAsteriskEvent(text);
    if ('malformed' in read) this.logger.warn({ problem: read.malformed }, 'ARI event not understood');
    else if ('event' in read) this.events.next(read.event);
  }

  private close(reason: string): void {
    this.generation += 1;
    this.client = undefined;
    clearInterval(this.pingTimer);
    clearTimeout(this.retryTimer);
    this.socket?.terminate();
    this.socket = undefined;
    if (this.state.value) this.state.next(false);
    if (this.stopped) return;
    const delayMs = backOffMs(this.attempt, Math.random());
    this.attempt += 1;
    this.logger.warn({ reason, delayMs }, 'ARI not connected, will retry');
    this.retryTimer = setTimeout(() => void this.connect(), delayMs);
  }

  private async call(client: Client, resource: string, operation: string, parameters: Record<string, unknown>) {
    const operations = client[resource] as Record<string, Operation | undefined> | undefined;
    const run = operations?.[operation];
    if (!run) throw new AriError(0, `this Asterisk has no operation ${resource}.${operation}`);
    return withTimeout(run(parameters), this.times.answerMs, operation);
  }

  private describe(error: unknown): string {
    return String(error instanceof Error ? error.message : error).replaceAll(this.options.password, '***');
  }
}

async function withTimeout<T>(promise: PromiseLike<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new AsteriskUnreachableError(`${what}: no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
