import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fakeApiDocs } from './fake-ari-docs.fixture.ts';

export interface AriRequest {
  method: string;
  /** Without `/ari`. */
  path: string;
  query: URLSearchParams;
  body: string;
}
/** @returns an answer; null = none, the request stays open */
type Answer = (request: AriRequest) => { status: number; body?: unknown } | null;

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;

function frame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const header = length < 126 ? Buffer.from([0x80 | opcode, length]) : Buffer.from([0x80 | opcode, 126, 0, 0]);
  if (length >= 126) header.writeUInt16BE(length, 2);
  return Buffer.concat([header, payload]);
}

/** An ARI that does what a test tells it. What no test has told it is answered with an error that names it. */
export class FakeAri {
  readonly received: AriRequest[] = [];
  password = 'secret';
  /** How the API documents are served; null = not answered. */
  docs: 'good' | 'garbage' | 'missing' | 'hanging' = 'good';
  answersPings = true;
  acceptsWebsockets = true;
  websockets = 0;
  concurrent = 0;
  mostConcurrent = 0;
  private readonly answers = new Map<string, Answer>([
    ['GET /asterisk/ping', () => ({ status: 200, body: { ping: 'pong' } })],
    ['PUT /applications/denwaban/eventFilter', () => ({ status: 200, body: {} })],
  ]);
  private readonly sockets = new Set<Socket>();
  private readonly upgraded = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  async start(port = 0): Promise<number> {
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.on('upgrade', (request, socket) => this.upgrade(request, socket as Socket));
    await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this.port;
  }

  async stop(): Promise<void> {
    this.dropAll();
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  /** @param request e.g. `POST /channels/c1/continue` */
  when(request: string, answer: Answer): void {
    this.answers.set(request, answer);
  }

  requests(request: string): AriRequest[] {
    return this.received.filter(({ method, path }) => `${method} ${path}` === request);
  }

  tell(message: unknown): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    for (const socket of this.upgraded) socket.write(frame(TEXT, Buffer.from(text)));
  }

  dropAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  get open(): number {
    return this.upgraded.size;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://fake');
    const path = url.pathname.replace(/^\/ari/, '');
    if (path.startsWith('/api-docs/')) {
      this.serveDocs(path, response);
      return;
    }
    this.concurrent += 1;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    response.on('close', () => (this.concurrent -= 1));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = {
      method: request.method ?? '',
      path,
      query: url.searchParams,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(asked);
    const expected = `Basic ${Buffer.from(`denwaban:${this.password}`).toString('base64')}`;
    const answer = this.answers.get(`${asked.method} ${path}`);
    if (request.headers.authorization !== expected) this.reply(response, 401, { message: 'Authentication required' });
    else if (!answer) this.reply(response, 500, { message: `unexpected request ${asked.method} ${path}` });
    else {
      const given = answer(asked);
      if (given) this.reply(response, given.status, given.body);
    }
  }

  private reply(response: ServerResponse, status: number, body?: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  }

  private serveDocs(path: string, response: ServerResponse): void {
    if (this.docs === 'hanging') return;
    const document = fakeApiDocs(`http://127.0.0.1:${this.port}/ari`)[path];
    if (this.docs === 'missing' || !document) this.reply(response, 503, { message: 'Asterisk is loading' });
    else this.reply(response, 200, this.docs === 'garbage' ? '{"swaggerVersion":' : document);
  }

  private upgrade(request: IncomingMessage, socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    // Sockets of an HTTP server stay half open otherwise.
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.upgraded.delete(socket);
    });
    if (!this.acceptsWebsockets) return;
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1')
      .update(key + WEBSOCKET_GUID)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    this.websockets += 1;
    this.upgraded.add(socket);
    socket.on('data', (data) => this.hear(socket, data));
  }

  /** Clients here send control frames only. */
  private hear(socket: Socket, data: Buffer): void {
    const opcode = (data[0] ?? 0) & 0x0f;
    if (opcode === PING && this.answersPings) socket.write(frame(PONG, Buffer.alloc(0)));
    if (opcode === CLOSE) socket.end(frame(CLOSE, Buffer.alloc(0)));
  }
}
