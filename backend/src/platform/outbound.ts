import { request as overHttp, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';

/** Another machine did not answer as it should: too late, too much, or not at all. */
export class OutboundFailedError extends Error {
  override readonly name = 'OutboundFailedError';
}

export interface Outbound {
  contentType: string;
  body: Buffer | string;
  /** For all of it, from the first packet to the last. */
  timeoutMs: number;
  /** Of the answer; more is a failure. */
  mostBytes: number;
  /** PEM; whom to trust instead of the well-known authorities. */
  ca?: Buffer;
}

export interface OutboundAnswer {
  status: number;
  contentType: string;
  body: Buffer;
}

/**
 * Posts to another machine. Follows no redirect: the operator said where it goes.
 * @throws OutboundFailedError
 */
export async function post(url: string, { contentType, body, timeoutMs, mostBytes, ca }: Outbound) {
  const signal = AbortSignal.timeout(timeoutMs);
  const headers = { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) };
  const options = { method: 'POST', headers, signal, agent: false as const, ...(ca && { ca }) };
  try {
    const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const send = url.startsWith('https:') ? overHttps : overHttp;
    send(url, options, resolve).on('error', reject).end(body);
    return await readAnswer(await answered, mostBytes);
  } catch (error) {
    if (error instanceof OutboundFailedError) throw error;
    const reason = signal.aborted ? `no answer within ${timeoutMs / 1000} s` : String(error);
    throw new OutboundFailedError(`${new URL(url).host}: ${reason}`, { cause: error });
  }
}

async function readAnswer(answer: IncomingMessage, mostBytes: number): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new OutboundFailedError(`the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  const [contentType = ''] = (answer.headers['content-type'] ?? '').split(';');
  return { status: answer.statusCode ?? 0, contentType, body: Buffer.concat(chunks) };
}
