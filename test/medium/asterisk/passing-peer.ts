import { createSocket, type Socket } from 'node:dgram';

const SIP_PORT = 5060;

/** A gateway that says it is there (OPTIONS) and rings for every INVITE, until it vanishes without a word. */
export class PassingPeer {
  private constructor(private readonly socket: Socket) {}

  static async at(address: string): Promise<PassingPeer> {
    const socket = createSocket('udp4');
    socket.on('message', (data, { address: from, port }) => {
      const request = data.toString();
      const status = STATUS[request.slice(0, request.indexOf(' '))];
      if (status !== undefined) socket.send(answer(request, status), port, from);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(SIP_PORT, address, resolve);
    });
    return new PassingPeer(socket);
  }

  async vanish(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}

const STATUS: Readonly<Record<string, string>> = { OPTIONS: '200 OK', INVITE: '180 Ringing' };

function answer(request: string, status: string): string {
  const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line));
  const to = /^To: .*$/im.exec(request)?.[0].trim() ?? '';
  return [`SIP/2.0 ${status}`, ...copied, `${to};tag=passing`, 'Content-Length: 0', '', ''].join('\r\n');
}
