import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { type z } from 'zod';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Throws when the answer is no JSON. */
  json: () => Record<string, unknown>;
  /** Throws when the answer is not as the schema says. */
  as: <S extends z.ZodType>(schema: S) => z.output<S>;
}

export interface Asking {
  /** An object is sent as JSON, a string as it is, bytes as such. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Somebody with a browser: keeps the session cookie, trusts the box's CA. */
export class Visitor {
  private readonly agent: Agent;
  private readonly port: number;
  cookie: string | null = null;

  constructor(port: number, ca: Buffer) {
    this.port = port;
    this.agent = new Agent({ ca, keepAlive: true, maxSockets: 50 });
  }

  leave(): void {
    this.agent.destroy();
  }

  async ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    const response = await this.open(method, path, asking);
    const body = await text(response);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: body,
      json: () => JSON.parse(body) as Record<string, unknown>,
      as: (schema) => schema.parse(JSON.parse(body)),
    };
  }

  /** For answers that do not end: the caller reads, and destroys, the response. */
  async open(method: string, path: string, { body, headers = {} }: Asking = {}): Promise<IncomingMessage> {
    const asIs = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const content = asIs ? body : JSON.stringify(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request: ClientRequest = httpsRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          agent: this.agent,
          headers: {
            ...(content !== undefined && {
              'content-type': content instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
              'content-length': Buffer.byteLength(content),
            }),
            ...(this.cookie !== null && { cookie: this.cookie }),
            ...headers,
          },
        },
        resolve,
      );
      request.once('error', reject);
      request.end(content);
    });
    for (const cookie of response.headers['set-cookie'] ?? []) this.cookie = cookie.split(';')[0] ?? null;
    return response;
  }

  async logIn(login: string, password: string): Promise<Answer> {
    return this.ask('POST', '/api/v1/session', { body: { login, password } });
  }
}
