import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readOperatorSettings } from '../../backend/src/platform/settings.ts';
import { freeLocalPort, portProblems } from './ports.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => cleanUp.splice(0).forEach((close) => close()));

async function takenTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  cleanUp.push(() => server.close());
  await new Promise((listening) => server.once('listening', listening));
  return (server.address() as AddressInfo).port;
}

async function takenUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  cleanUp.push(() => socket.close());
  await new Promise((listening) => socket.once('listening', listening));
  return socket.address().port;
}

const problems = (settings: Record<string, string>) => portProblems(readOperatorSettings(settings));

describe('ports', () => {
  it('that are taken are named with their settings, all at once', async () => {
    const [https, sip] = [await takenTcpPort(), await takenUdpPort()];
    expect(await problems({ DENWABAN_HTTPS_PORT: String(https), DENWABAN_SIP_PORT: String(sip) })).toEqual([
      { setting: 'DENWABAN_HTTPS_PORT', message: `port ${https} (tcp) on 127.0.0.1 is taken by another program` },
      { setting: 'DENWABAN_SIP_PORT', message: `port ${sip} (udp) on 127.0.0.1 is taken by another program` },
    ]);
  });

  it('on an address of another machine are the address’s fault', async () => {
    const found = await problems({
      DENWABAN_BIND: '198.51.100.1',
      DENWABAN_SIP_BIND: '198.51.100.2',
      DENWABAN_SIP_PORT: '5999',
    });
    expect(found).toEqual([
      { setting: 'DENWABAN_BIND', message: '198.51.100.1 is not an address of this machine' },
      { setting: 'DENWABAN_SIP_BIND', message: '198.51.100.2 is not an address of this machine' },
    ]);
  });

  it('below 1024 are refused for SIP, since Asterisk has no right to them', async () => {
    const found = await problems({
      DENWABAN_HTTPS_PORT: String(await freeLocalPort(undefined)),
      DENWABAN_SIP_PORT: '506',
    });
    expect(found.map(({ setting }) => setting)).toEqual(['DENWABAN_SIP_PORT']);
  });

  it('for sound must not contain the one for SIP', async () => {
    const found = await problems({
      DENWABAN_HTTPS_PORT: String(await freeLocalPort(undefined)),
      DENWABAN_SIP_PORT: '15000',
      DENWABAN_RTP_PORTS: '15000-15100',
    });
    expect(found.map(({ setting }) => setting)).toEqual(['DENWABAN_RTP_PORTS']);
  });

  it('of the last run are kept while they are free', async () => {
    const free = await freeLocalPort(undefined);
    expect(await freeLocalPort(free)).toBe(free);
    expect(await freeLocalPort(free, [free])).not.toBe(free);
    const taken = await takenTcpPort();
    expect(await freeLocalPort(taken)).not.toBe(taken);
  });
});
