import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export type AmiRequest = Record<string, string>;
/** @returns text to send back; nothing = no answer */
type Answer = (request: AmiRequest, socket: Socket) => string | undefined;

export const amiText = (...headers: [string, string][]): string =>
  `${headers.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`;

export const amiSuccess = ({ actionid = '' }: AmiRequest, ...more: [string, string][]): string =>
  amiText(['Response', 'Success'], ['ActionID', actionid], ...more);

/** An AMI that does what a test tells it. What no test has told it is answered with an error that names it. */
export class FakeAmi {
  readonly received: AmiRequest[] = [];
  /** Everything that came in, as it came in. */
  raw = '';
  connections = 0;
  password = 'secret';
  private readonly answers = new Map<string, Answer>([
    ['login', (request) => this.logIn(request)],
    ['events', (request) => amiSuccess(request)],
    ['ping', (request) => amiSuccess(request, ['Ping', 'Pong'])],
  ]);
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  async start(port = 0): Promise<number> {
    this.server = createServer((socket) => this.accept(socket));
    await new Promise<void>((resolve) => this.server?.listen(port, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.dropAll();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  when(action: string, answer: Answer): void {
    this.answers.set(action.toLowerCase(), answer);
  }

  dropAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  get open(): number {
    return this.sockets.size;
  }

  private accept(socket: Socket): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      this.raw += data.toString();
      const messages = text.split('\r\n\r\n');
      text = messages.pop() ?? '';
      for (const message of messages) this.reply(message, socket);
    });
  }

  private reply(message: string, socket: Socket): void {
    const pairs = message.split('\r\n').map((line) => /^([^:]+): ?(.*)$/.exec(line));
    const request = Object.fromEntries(pairs.map((pair) => [(pair?.[1] ?? '').toLowerCase(), pair?.[2] ?? '']));
    this.received.push(request);
    const action = (request.action ?? '').toLowerCase();
    const unexpected: Answer = ({ actionid = '' }) =>
      amiText(['Response', 'Error'], ['ActionID', actionid], ['Message', `unexpected action ${action}`]);
    const answer = (this.answers.get(action) ?? unexpected)(request, socket);
    if (answer !== undefined) socket.write(answer);
  }

  private logIn(request: AmiRequest): string {
    if (request.secret === this.password) return amiSuccess(request, ['Message', 'Authentication accepted']);
    return amiText(['Response', 'Error'], ['ActionID', request.actionid ?? ''], ['Message', 'Authentication failed']);
  }
}
