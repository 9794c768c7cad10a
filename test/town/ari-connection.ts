import { Subject } from 'rxjs';
import { z } from 'zod';

const Channel = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  caller: z.object({ number: z.string() }),
});

/** The parts of ARI events the town looks at. `timestamp` is the town's clock. */
const AriEvent = z.object({
  type: z.string(),
  timestamp: z.string().transform((text) => Date.parse(text)),
  channel: Channel.optional(),
  /** Of a dial; of a registration it is something else. */
  peer: Channel.optional().catch(undefined),
  args: z.array(z.string()).optional(),
  cause: z.int().optional(),
  tech_cause: z.int().optional(),
  digit: z.string().optional(),
  dialstatus: z.string().optional(),
});
export type AriEvent = z.infer<typeof AriEvent>;
export type AriChannel = z.infer<typeof Channel>;

export class AriError extends Error {
  readonly status: number;
  constructor(request: string, status: number, text: string) {
    super(`${request}: ${status} ${text}`);
    this.status = status;
  }
}

/** The town's own end of ARI. It drives nothing but the town. */
export class AriConnection {
  readonly events$ = new Subject<AriEvent>();
  private readonly base: string;
  private readonly authorization: string;
  private socket: WebSocket | undefined;

  constructor(host: string, port: number, username: string, password: string) {
    this.base = `http://${host}:${port}/ari`;
    this.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  async open(application: string): Promise<void> {
    const key = Buffer.from(this.authorization.slice('Basic '.length), 'base64').toString();
    const query = new URLSearchParams({ api_key: key, app: application, subscribeAll: 'true' });
    const socket = new WebSocket(`${this.base.replace('http', 'ws')}/events?${query.toString()}`);
    socket.onmessage = ({ data }) => this.events$.next(AriEvent.parse(JSON.parse(String(data))));
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error('the town does not answer'));
    });
    this.socket = socket;
  }

  close(): void {
    this.socket?.close();
    this.events$.complete();
  }

  async request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    query: Record<string, string> = {},
    body?: object,
  ): Promise<unknown> {
    const url = `${this.base}${path}?${new URLSearchParams(query).toString()}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: this.authorization, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(5000),
    });
    const text = await response.text();
    if (!response.ok) throw new AriError(`${method} ${path}`, response.status, text);
    return text === '' ? undefined : JSON.parse(text);
  }

  async channelVariable(channelId: string, variable: string): Promise<string> {
    const answer = await this.request('GET', `/channels/${channelId}/variable`, { variable });
    return z.object({ value: z.string() }).parse(answer).value;
  }
}
