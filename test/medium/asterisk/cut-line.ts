import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

/** A TCP connection to a local port that a test can cut, or leave standing with nothing coming through. */
export class CutLine {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  static async to(targetPort: number): Promise<CutLine> {
    const line = new CutLine(createServer({ pauseOnConnect: true }), targetPort);
    line.server.listen(0, '127.0.0.1');
    await once(line.server, 'listening');
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection and refuses new ones. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Connections stay, and nothing comes through any more. */
  freeze(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause().unpipe();
  }

  /** Lets new connections through; frozen ones are ended. */
  restore(): void {
    for (const socket of this.sockets) socket.destroy();
    this.isCut = false;
  }

  stop(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.targetPort, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
