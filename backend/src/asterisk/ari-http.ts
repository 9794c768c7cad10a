import { createRequire } from 'node:module';
import { AriError, AsteriskUnreachableError } from './asterisk.errors.ts';
import { Limiter } from './limiter.ts';

/** Asterisk closes connections beyond its session limit in silence, and 500 at once took seconds (telephony.md 5). */
const CONCURRENT_REQUESTS = 32;

interface SwaggerRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  on: { response: (answer: SwaggerAnswer) => void; error: (error: Error) => void };
}

interface SwaggerAnswer {
  status: number;
  data: string;
  obj?: unknown;
}

const limiter = new Limiter(CONCURRENT_REQUESTS);

/**
 * Asks ARI and always settles in time, the time spent waiting for a turn included. A request whose time
 * has run out is not sent any more: a late `continue` or hang-up would hit a call that has moved on.
 * @throws AriError with the HTTP status, AsteriskUnreachableError without one
 */
export async function askAri(url: string, init: RequestInit, timeoutMs: number): Promise<SwaggerAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  return limiter.run(async () => {
    let status: number;
    let data: string;
    try {
      signal.throwIfAborted();
      const response = await fetch(url, { ...init, signal });
      status = response.status;
      data = await response.text();
    } catch (error) {
      throw new AsteriskUnreachableError(signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error));
    }
    const obj = jsonOf(data);
    if (status >= 300) throw new AriError(status, messageOf(obj, data));
    if (obj === undefined && data !== '') throw new AriError(0, 'the answer is no JSON');
    return { status, data, obj };
  });
}

/** The address is left out of what is told: the websocket's carries the password. */
function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return 'request failed';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown, text: string): string {
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  return text.slice(0, 200);
}

/**
 * Puts `askAri` in the place of `shred`, the HTTP client deep in `ari-client` 2.2.0. With shred, promises never settle
 * when Asterisk is down, HTTP statuses are lost, sockets are unbounded, and an answer that is no JSON ends the process
 * (thrown from an event handler; node-ari-client#73).
 * @param timeoutMs of every request
 */
export function replaceShred(timeoutMs: number): void {
  const fromHere = createRequire(import.meta.url);
  const swagger = createRequire(fromHere.resolve('ari-client'))('swagger-client') as {
    ShredHttpClient: { prototype: { execute: (request: SwaggerRequest) => void } };
  };
  swagger.ShredHttpClient.prototype.execute = (request) => void execute(request, timeoutMs);
}

async function execute({ url, method, headers, body, on }: SwaggerRequest, timeoutMs: number): Promise<void> {
  let answer: SwaggerAnswer;
  try {
    answer = await askAri(url, { method, headers, body }, timeoutMs);
  } catch (error) {
    deliver(() => on.error(error as Error));
    return;
  }
  deliver(() => on.response(withoutWarning(url, answer)));
}

/** Asterisk's list says Swagger 1.1, which is read the same way as 1.2 but warned of on standard output every time. */
function withoutWarning(url: string, answer: SwaggerAnswer): SwaggerAnswer {
  if (!url.endsWith('/resources.json')) return answer;
  return { ...answer, obj: { ...(answer.obj as object), swaggerVersion: '1.2' } };
}

/** `swagger-client` throws strings out of its callbacks after it has told its caller of the failure. */
function deliver(callback: () => void): void {
  try {
    callback();
  } catch {
    return;
  }
}
