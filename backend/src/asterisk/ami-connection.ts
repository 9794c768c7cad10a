import { randomUUID } from 'node:crypto';
import Manager from 'asterisk-manager';
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Logger } from '../platform/logging.ts';
import { insideRoot } from '../platform/settings.ts';
import { AmiError, AsteriskUnreachableError, UnsafeAmiValueError } from './asterisk.errors.ts';
import { backOffMs } from './back-off.ts';

/** A response or an event: keys in lower case. A header that came more than once is an array. */
export type AmiItem = Record<string, unknown>;

export interface AmiOptions {
  host: string;
  port: number;
  username: string;
  password: string;
}

export const AMI_TIMES = { actionMs: 3000, connectMs: 3000, pingEveryMs: 5000 };
const PINGS_MISSED = 2;
/** Asterisk's own limit for one header is 1025 bytes. */
const LONGEST_VALUE = 1000;

interface Pending {
  name: string;
  events: AmiItem[] | null;
  resolve: (items: AmiItem[]) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * One lasting connection to AMI around `asterisk-manager` 0.2.0, which loses actions, injects line breaks, glues half
 * events to the next connection and reconnects after 10 s (telephony.md 6.2). Hence: a new Manager per connection, own
 * timeouts, own back-off, every action settles.
 */
export class AmiConnection {
  private readonly state = new BehaviorSubject(false);
  private readonly pending = new Map<string, Pending>();
  private manager: Manager | undefined;
  private abort = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private attempt = 0;
  private missedPings = 0;
  private stopped = true;

  readonly connected$: Observable<boolean> = this.state.asObservable();

  constructor(
    private readonly options: AmiOptions,
    private readonly logger: Logger,
    private readonly times = AMI_TIMES,
  ) {}

  get connected(): boolean {
    return this.state.value;
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.close('stopped');
  }

  /**
   * @returns the response
   * @throws AmiError when Asterisk says no, AsteriskUnreachableError when it does not answer
   */
  async action(name: string, fields: Record<string, string> = {}, timeoutMs = this.times.actionMs): Promise<AmiItem> {
    const [response] = await this.send(name, fields, timeoutMs, null);
    return response ?? {};
  }

  /** @returns the events of an action that answers with a list, without the closing one */
  async list(name: string, fields: Record<string, string> = {}, timeoutMs = this.times.actionMs): Promise<AmiItem[]> {
    return this.send(name, fields, timeoutMs, []);
  }

  private async send(
    name: string,
    fields: Record<string, string>,
    timeoutMs: number,
    events: AmiItem[] | null,
  ): Promise<AmiItem[]> {
    refuseUnsafe({ action: name, ...fields });
    const { manager } = this;
    if (!manager || !this.state.value) throw new AsteriskUnreachableError('AMI is not connected');
    return this.enlist(manager, name, fields, timeoutMs, events);
  }

  private enlist(
    manager: Manager,
    name: string,
    fields: Record<string, string>,
    timeoutMs: number,
    events: AmiItem[] | null,
  ): Promise<AmiItem[]> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.settle(id)?.reject(new AsteriskUnreachableError(`no answer to ${name} within ${timeoutMs} ms`));
        manager.removeAllListeners(id);
      }, timeoutMs);
      this.pending.set(id, { name, events, resolve, reject, timer });
      manager.action({ action: name, ...fields, actionid: id }, (error, response) => this.respond(id, error, response));
    });
  }

  private respond(id: string, error: AmiItem | undefined, response: AmiItem | undefined): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    if (error) this.settle(id)?.reject(new AmiError(pending.name, textOf(error.message)));
    else if (!pending.events) this.settle(id)?.resolve([response ?? {}]);
  }

  private receive(item: AmiItem): void {
    const id = textOf(item.actionid);
    const pending = this.pending.get(id);
    if (!pending?.events) return;
    if (textOf(item.eventlist).toLowerCase() === 'complete') this.settle(id)?.resolve(pending.events);
    else pending.events.push(item);
  }

  private settle(id: string): Pending | undefined {
    const pending = this.pending.get(id);
    clearTimeout(pending?.timer);
    this.pending.delete(id);
    return pending;
  }

  private connect(): void {
    const { host, port, username, password } = this.options;
    const manager = new Manager(null, host, username, password, false);
    const abort = new AbortController();
    this.manager = manager;
    this.abort = abort;
    const lost = (reason: string) => {
      if (this.manager === manager) this.close(reason);
    };
    const timeout = setTimeout(() => lost('log-in timed out'), this.times.connectMs);
    abort.signal.addEventListener('abort', () => clearTimeout(timeout));
    manager.on('close', () => lost('connection closed'));
    manager.on('managerevent', (item) => this.receive(item));
    const loggedIn = (error?: AmiItem) => {
      clearTimeout(timeout);
      if (error) lost('log-in refused');
      else if (this.manager === manager) void this.open(manager);
    };
    // The options object instead of a port lets the signal destroy the socket, which the library never does.
    manager.connect({ host, port, signal: abort.signal }, undefined, () => manager.login(loggedIn));
  }

  private async open(manager: Manager): Promise<void> {
    try {
      // The constructor's `events` flag sends a header Asterisk does not know.
      await this.enlist(manager, 'Events', { eventmask: 'off' }, this.times.actionMs, null);
    } catch (error) {
      if (this.manager === manager) this.close(String(error));
      return;
    }
    if (this.manager !== manager) return;
    this.attempt = 0;
    this.missedPings = 0;
    this.timer = setInterval(() => void this.watch(manager), this.times.pingEveryMs);
    this.logger.info({}, 'AMI connected');
    this.state.next(true);
  }

  private async watch(manager: Manager): Promise<void> {
    try {
      await this.action('Ping');
      this.missedPings = 0;
    } catch {
      this.missedPings += 1;
      if (this.manager === manager && this.missedPings >= PINGS_MISSED) this.close('pings not answered');
    }
  }

  private close(reason: string): void {
    this.manager = undefined;
    clearInterval(this.timer);
    this.abort.abort();
    for (const id of [...this.pending.keys()]) this.settle(id)?.reject(new AsteriskUnreachableError(`AMI: ${reason}`));
    if (this.state.value) this.state.next(false);
    if (this.stopped) return;
    const delayMs = backOffMs(this.attempt, Math.random());
    this.attempt += 1;
    this.logger.warn({ reason, delayMs }, 'AMI not connected, will retry');
    this.timer = setTimeout(() => this.connect(), delayMs);
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** In the spool or, without a folder, where Asterisk puts recordings by itself. */
const SAFE_FILE = new RegExp(`^(?:${insideRoot.spool}/)?[0-9A-Za-z_-][0-9A-Za-z._-]*$`);

/**
 * A line break in a value would start an action of the value's own. MixMonitor joins its arguments by commas, so that a
 * file name can carry a shell command (telephony.md 6.1).
 */
function refuseUnsafe(fields: Record<string, string>): void {
  const ofMixMonitor = fields.action?.toLowerCase() === 'mixmonitor';
  for (const [key, value] of Object.entries(fields)) {
    const name = key.toLowerCase();
    const isSafe = /^[a-z]+$/.test(name) && !/\p{Cc}/u.test(value) && value.length <= LONGEST_VALUE;
    if (!isSafe || (ofMixMonitor && name === 'command')) throw new UnsafeAmiValueError(key);
    if (ofMixMonitor && name === 'file' && !SAFE_FILE.test(value)) throw new UnsafeAmiValueError(key);
  }
}
