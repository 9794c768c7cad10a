import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureCertificates } from './certificates.ts';

const DAY_MS = 86_400_000;
const NOW = new Date();
const NAMES = { hosts: ['localhost', 'box'], addresses: ['127.0.0.1', '192.168.10.5'] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(resolve(tmpdir(), 'denwaban-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => readFileSync(resolve(folder, name));
const certificate = (name: string) => new X509Certificate(read(name));

/** @returns null when a client that trusts only the box's authority is content */
async function handshake(servername: string): Promise<string | null> {
  const server = createServer({ cert: read('server.crt'), key: read('server.key') }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername, ca: read('ca.crt') });
  try {
    return await new Promise((done) => {
      socket.once('secureConnect', () => done(null));
      socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    });
  } finally {
    socket.destroy();
    server.close();
  }
}

describe('the console’s certificate', () => {
  it('is trusted by whoever trusts the box’s authority, under its own names only', async () => {
    await ensureCertificates(folder, NAMES, NOW);
    expect(await handshake('localhost')).toBeNull();
    expect(await handshake('box')).toBeNull();
    expect(await handshake('elsewhere.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(certificate('server.crt').checkIP('192.168.10.5')).toBe('192.168.10.5');
  });

  it('is kept from start to start, and its key from other users', async () => {
    const first = await ensureCertificates(folder, NAMES, NOW);
    const before = read('server.crt').toString();
    const second = await ensureCertificates(folder, NAMES, NOW);
    expect([first.caMade, second.caMade, second.serverMade]).toEqual([true, false, false]);
    expect(read('server.crt').toString()).toBe(before);
    for (const name of ['ca.key', 'server.key']) expect(statSync(resolve(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('is valid for less than browsers’ limit and renewed within its last month, by the same authority', async () => {
    await ensureCertificates(folder, NAMES, NOW);
    const { validFromDate, validToDate } = certificate('server.crt');
    expect((validToDate.getTime() - validFromDate.getTime()) / DAY_MS).toBeCloseTo(397, 1);
    const ca = read('ca.crt').toString();
    const kept = await ensureCertificates(folder, NAMES, new Date(NOW.getTime() + 365 * DAY_MS));
    expect(kept.serverMade).toBe(false);
    const later = await ensureCertificates(folder, NAMES, new Date(NOW.getTime() + 370 * DAY_MS));
    expect([later.caMade, later.serverMade]).toEqual([false, true]);
    expect(read('ca.crt').toString()).toBe(ca);
  });

  it('is made anew for a new address; the authority only when it may not vouch for it', async () => {
    await ensureCertificates(folder, NAMES, NOW);
    const moved = await ensureCertificates(folder, { ...NAMES, addresses: ['127.0.0.1', '10.0.0.9'] }, NOW);
    expect([moved.caMade, moved.serverMade]).toEqual([false, true]);
    const outside = await ensureCertificates(folder, { ...NAMES, addresses: ['127.0.0.1', '203.0.113.9'] }, NOW);
    expect([outside.caMade, outside.serverMade]).toEqual([true, true]);
    expect(certificate('server.crt').checkIP('203.0.113.9')).toBe('203.0.113.9');
  });

  it('is made anew when a file is broken', async () => {
    await ensureCertificates(folder, NAMES, NOW);
    writeFileSync(resolve(folder, 'server.crt'), 'half a certif');
    expect((await ensureCertificates(folder, NAMES, NOW)).serverMade).toBe(true);
    expect(await handshake('localhost')).toBeNull();
  });

  it('has an authority that may sign nothing but certificates of servers below it', async () => {
    await ensureCertificates(folder, NAMES, NOW);
    const ca = certificate('ca.crt');
    expect(ca.ca).toBe(true);
    expect(certificate('server.crt').ca).toBe(false);
    expect(certificate('server.crt').verify(ca.publicKey)).toBe(true);
    expect(certificate('server.crt').keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });
});
