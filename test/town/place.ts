import { createSocket, type Socket } from 'node:dgram';

/** So many can be in use at once, on a whole machine. */
const COUNT = 50;
/** All ports are below those that the kernel gives away (32768 and up). */
const FIRST_RTP_PORT = 22_000;
const RTP_PORTS = 200;
const FIRST_LOCAL_PORT = 15_100;
/** Where whoever has a place listens, with nothing to hear. */
const CLAIM = { host: 254, port: 5059 };
const SIP_PORT = 5060;

/**
 * A loopback network with the addresses of a town and of the box that serves it. It is claimed by a socket that is bound in it, so that
 * no two tests, test runs or towns get the same one, and a claim ends with the process that made it, however it ends.
 */
export class Place {
  private readonly index: number;
  private readonly claim: Socket;

  private constructor(index: number, claim: Socket) {
    this.index = index;
    this.claim = claim;
  }

  /** @throws Error when every place is taken */
  static async claim(): Promise<Place> {
    // Starting somewhere else each time saves those that start together from trying the same ones.
    for (let tried = 0; tried < COUNT; tried += 1) {
      const index = (process.pid + tried) % COUNT;
      const claim = await bound(addressIn(index, CLAIM.host), CLAIM.port);
      if (!claim) continue;
      claim.unref();
      const carrier = await bound(addressIn(index, 1), SIP_PORT);
      if (carrier) {
        await closed(carrier);
        return new Place(index, claim);
      }
      await closed(claim);
    }
    throw new Error('every place for a town is taken');
  }

  get carrier(): string {
    return this.address(1);
  }

  get pbx(): string {
    return this.address(2);
  }

  get gateway(): string {
    return this.address(3);
  }

  /** Of the phones, in their order. */
  phone(index: number): string {
    return this.address(11 + index);
  }

  /** Where a box may take calls that nobody but this town uses. */
  get box(): string {
    return this.address(200);
  }

  /** For that box's sound: sound sockets hear all of the loopback network, also what other boxes are sent. */
  get rtpPorts(): string {
    const first = FIRST_RTP_PORT + RTP_PORTS * this.index;
    return `${first}-${first + RTP_PORTS - 1}`;
  }

  /** Two ports at 127.0.0.1, for its ARI and its AMI. */
  get localPorts(): [number, number] {
    const first = FIRST_LOCAL_PORT + 2 * this.index;
    return [first, first + 1];
  }

  /** Where the town itself is spoken to. */
  get control(): string {
    return this.address(250);
  }

  /** @param host the last number; 100 to 199 are nobody's */
  address(host: number): string {
    return addressIn(this.index, host);
  }

  async release(): Promise<void> {
    await closed(this.claim);
  }
}

const addressIn = (index: number, host: number): string => `127.40.${index + 1}.${host}`;

function bound(address: string, port: number): Promise<Socket | null> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(null)));
    socket.bind({ port, address, exclusive: true }, () => resolve(socket));
  });
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
