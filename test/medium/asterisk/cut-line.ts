import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';
import { pause } from '../../town/waiting.ts';

/** A TCP connection to a local port that a test can cut, slow down, or leave standing with nothing coming through. */
export class CutLine {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private delayMs = 0;

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
    for (const socket of this.sockets) socket.pause();
  }

  /** Everything comes through so much later, in either direction; what is under way comes when it would have. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Lets new connections through, as fast as before; those that were there are ended. */
  restore(): void {
    for (const socket of this.sockets) socket.destroy();
    this.isCut = false;
    this.delayMs = 0;
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
    this.carry(near, far);
    this.carry(far, near);
  }

  /** In order, whatever the delay has been meanwhile. */
  private carry(from: Socket, to: Socket): void {
    let before: Promise<unknown> = Promise.resolve();
    const afterwards = (act: () => void) => {
      const delayed = this.delayMs === 0 ? undefined : pause(this.delayMs);
      before = Promise.all([before, delayed]).then(act);
    };
    this.sockets.add(from);
    from.on('error', () => undefined);
    from.on('data', (data) => afterwards(() => to.destroyed || to.write(data)));
    from.on('close', () => {
      this.sockets.delete(from);
      afterwards(() => to.destroySoon());
    });
    from.resume();
  }
}
