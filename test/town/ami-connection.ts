import { connect, type Socket } from 'node:net';

export type AmiMessage = Record<string, string>;

const TIMEOUT_MS = 5000;

interface Waiting {
  collected: AmiMessage[];
  resolve: (messages: AmiMessage[]) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** The few AMI actions the town needs: MixMonitor, and lists. One connection, actions told apart by ActionID. */
export class AmiConnection {
  private readonly socket: Socket;
  private readonly waiting = new Map<string, Waiting>();
  private buffered = '';
  private nextId = 1;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.failAll(new Error('the town closed its manager connection')));
  }

  static async open(host: string, port: number, username: string, secret: string): Promise<AmiConnection> {
    const socket = connect({ host, port });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const connection = new AmiConnection(socket);
    await connection.action({ Action: 'Login', Username: username, Secret: secret, Events: 'off' });
    return connection;
  }

  /**
   * @returns the response, followed by the events of a list when the action answers with one
   * @throws when Asterisk refuses the action or does not answer in time
   */
  action(message: AmiMessage): Promise<AmiMessage[]> {
    const id = String(this.nextId++);
    const text = Object.entries({ ...message, ActionID: id }).map(([key, value]) => `${key}: ${value}\r\n`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(id, new Error(`${message.Action}: no answer`)), TIMEOUT_MS);
      this.waiting.set(id, { collected: [], resolve, reject, timer });
      this.socket.write(`${text.join('')}\r\n`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: string): void {
    this.buffered += chunk;
    for (let end = this.buffered.indexOf('\r\n\r\n'); end >= 0; end = this.buffered.indexOf('\r\n\r\n')) {
      const lines = this.buffered.slice(0, end).split('\r\n');
      this.buffered = this.buffered.slice(end + 4);
      this.receive(Object.fromEntries(lines.filter((line) => line.includes(': ')).map(splitHeader)));
    }
  }

  private receive(message: AmiMessage): void {
    const id = message.ActionID ?? '';
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    waiting.collected.push(message);
    if (message.Response === 'Error') this.settle(id, new Error(message.Message));
    else if (message.Response && message.EventList !== 'start') this.settle(id);
    else if (message.EventList === 'Complete') this.settle(id);
  }

  private settle(id: string, error?: Error): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(error);
    else waiting.resolve(waiting.collected);
  }

  private failAll(error: Error): void {
    for (const id of [...this.waiting.keys()]) this.settle(id, error);
  }
}

const splitHeader = (line: string): [string, string] => {
  const at = line.indexOf(': ');
  return [line.slice(0, at), line.slice(at + 2)];
};
