import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Place } from './place.ts';

const claimed: Place[] = [];
const claim = async (): Promise<Place> => {
  const place = await Place.claim();
  claimed.push(place);
  return place;
};

describe('a place', () => {
  afterEach(async () => {
    await Promise.all(claimed.splice(0).map((place) => place.release()));
  });

  it('is given to one at a time, also when many ask at once, with addresses and RTP ports of its own', async () => {
    const places = await Promise.all(Array.from({ length: 8 }, claim));
    for (const what of ['carrier', 'pbx', 'gateway', 'box', 'control', 'rtpPorts', 'localPorts'] as const)
      expect(new Set(places.map((place) => String(place[what]))).size).toBe(8);
  });

  it('is not given while somebody speaks SIP in it, as a town does that was left behind', async () => {
    const former = await Place.claim();
    const left = createSocket('udp4');
    await new Promise<void>((resolve) => left.bind(5060, former.carrier, resolve));
    await former.release();
    try {
      const places = await Promise.all(Array.from({ length: 8 }, claim));
      expect(places.map(({ carrier }) => carrier)).not.toContain(former.carrier);
    } finally {
      left.close();
    }
  });

  it('is free again when the process that claimed it has ended without a word', async () => {
    const other = `
      const { Place } = await import(${JSON.stringify(new URL('place.ts', import.meta.url).href)});
      const place = await Place.claim();
      process.stdout.write(place.carrier, () => process.kill(process.pid, 'SIGKILL'));`;
    const ended: unknown = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', other]).catch(
      (error: unknown) => error,
    );
    const { stdout, signal } = ended as { stdout: string; signal: string };
    expect(signal).toBe('SIGKILL');
    const free = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      free.once('error', reject);
      free.bind({ port: 5059, address: stdout.replace(/\.1$/, '.254'), exclusive: true }, resolve);
    });
    free.close();
  });
});
