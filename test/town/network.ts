import { createSocket } from 'node:dgram';

/** Networks of the loopback interface that tests use; each town takes one for itself. */
const NETWORKS = Array.from({ length: 200 }, (_, index) => `127.40.${index + 1}`);

/** @returns the first three numbers of a loopback network in which nobody speaks SIP yet */
export async function freeNetwork(): Promise<string> {
  // Starting somewhere else each time keeps towns that start together apart.
  const start = process.pid % NETWORKS.length;
  for (const network of [...NETWORKS.slice(start), ...NETWORKS.slice(0, start)]) {
    if (await isFree(`${network}.1`, 5060)) return network;
  }
  throw new Error('every loopback network for towns is taken');
}

async function isFree(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return await new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind(port, address, () => socket.close(() => resolve(true)));
  });
}
