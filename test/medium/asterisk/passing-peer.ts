import { createSocket, type Socket } from 'node:dgram';

const SIP_PORT = 5060;

/** A gateway that says it is there (OPTIONS) and rings for every INVITE, or refuses it, until it vanishes without a word. */
export class PassingPeer {
  /** What it was asked, whole. */
  readonly requests: string[] = [];
  private toInvite: readonly string[] = ['180 Ringing'];

  private constructor(private readonly socket: Socket) {}

  static async at(address: string): Promise<PassingPeer> {
    const socket = createSocket('udp4');
    const peer = new PassingPeer(socket);
    socket.on('message', (data, { address: from, port }) => {
      const request = data.toString();
      peer.requests.push(request);
      for (const status of peer.answersTo(request.slice(0, request.indexOf(' '))))
        socket.send(answer(request, status), port, from);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(SIP_PORT, address, resolve);
    });
    return peer;
  }

  /** @param statuses what it says to the next INVITEs, one after the other, e.g. `480 Temporarily Unavailable` */
  willSay(...statuses: string[]): void {
    this.toInvite = statuses;
  }

  private answersTo(method: string): readonly string[] {
    if (method === 'INVITE') return this.toInvite;
    return method === 'OPTIONS' ? ['200 OK'] : [];
  }

  async vanish(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}

function answer(request: string, status: string): string {
  const copied = request.split('\r\n').filter((line) => /^(Via|From|Call-ID|CSeq):/i.test(line));
  const to = /^To: .*$/im.exec(request)?.[0].trim() ?? '';
  return [`SIP/2.0 ${status}`, ...copied, `${to};tag=passing`, 'Content-Length: 0', '', ''].join('\r\n');
}
