import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { type OperatorSettings } from '../../backend/src/platform/settings.ts';

export interface Problem {
  setting: string;
  message: string;
}

/** What stands against listening there, found by trying; null when nothing does. */
export async function whyNotListen(protocol: 'tcp' | 'udp', address: string, port: number): Promise<string | null> {
  try {
    await (protocol === 'tcp' ? listenTcp(address, port) : listenUdp(address, port));
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function listenTcp(address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : port));
    });
  });
}

function listenUdp(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(resolve));
  });
}

function explain(
  code: string,
  address: string,
  port: number,
  protocol: string,
): { setting: 'port' | 'bind'; message: string } {
  if (code === 'EADDRNOTAVAIL') return { setting: 'bind', message: `${address} is not an address of this machine` };
  if (code === 'EACCES')
    return { setting: 'port', message: `port ${port} may not be used without more rights; choose one above 1023` };
  if (code === 'EADDRINUSE')
    return { setting: 'port', message: `port ${port} (${protocol}) on ${address} is taken by another program` };
  return { setting: 'port', message: `port ${port} (${protocol}) on ${address} cannot be used: ${code}` };
}

/** Tries every port an operator chose. Asterisk gets no privilege, so low SIP ports are refused even to root. */
export async function portProblems(settings: OperatorSettings): Promise<Problem[]> {
  const wanted = [
    { protocol: 'tcp', bind: 'DENWABAN_BIND', port: 'DENWABAN_HTTPS_PORT' },
    { protocol: 'udp', bind: 'DENWABAN_SIP_BIND', port: 'DENWABAN_SIP_PORT' },
    { protocol: 'tcp', bind: 'DENWABAN_SIP_BIND', port: 'DENWABAN_SIPS_PORT' },
  ] as const;
  const problems: Problem[] = [];
  for (const { protocol, bind, port } of wanted) {
    const number = settings[port];
    if (number === undefined) continue;
    const code =
      bind === 'DENWABAN_SIP_BIND' && number < firstUnprivilegedPort()
        ? 'EACCES'
        : await whyNotListen(protocol, settings[bind], number);
    if (code === null) continue;
    const { setting, message } = explain(code, settings[bind], number, protocol);
    problems.push({ setting: setting === 'bind' ? bind : port, message });
  }
  const [first, last] = settings.DENWABAN_RTP_PORTS;
  if (settings.DENWABAN_SIP_PORT >= first && settings.DENWABAN_SIP_PORT <= last)
    problems.push({ setting: 'DENWABAN_RTP_PORTS', message: `${first}-${last} contains the SIP port` });
  return problems;
}

function firstUnprivilegedPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1024;
  }
}

/** @param preferred the port of the last run, kept while it is free @returns a free port on 127.0.0.1 */
export async function freeLocalPort(preferred: number | undefined, notThese: number[] = []): Promise<number> {
  if (preferred && !notThese.includes(preferred) && (await whyNotListen('tcp', '127.0.0.1', preferred)) === null)
    return preferred;
  for (;;) {
    const port = await listenTcp('127.0.0.1', 0);
    if (!notThese.includes(port)) return port;
  }
}
