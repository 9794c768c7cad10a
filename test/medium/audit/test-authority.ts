import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CONFIGURATION = `[ tsa ]
default_tsa = test
[ test ]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
`;
const EXTENSIONS = 'extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n';

/** How it answers: as it should, with bytes that are nothing, with another one's last answer, or not within anybody's patience. */
export type AuthorityMood = 'well' | 'garbage' | 'repeating' | 'refusing' | 'silent';

/** A time stamping authority of our own, RFC 3161 over HTTP, made of `openssl ts -reply`. */
export interface TestAuthority {
  url: string;
  /** PEM of its root. */
  caFile: string;
  mood: AuthorityMood;
  asked: number;
  stop(): Promise<void>;
}

export async function startAuthority(openssl: string): Promise<TestAuthority> {
  const home = await mkdtemp(join(tmpdir(), 'denwaban-authority-'));
  const ssl = (...parts: string[]) => run(openssl, parts, { cwd: home, env: { OPENSSL_CONF: '/dev/null' } });
  await writeFile(join(home, 'ts.cnf'), CONFIGURATION);
  await writeFile(join(home, 'extensions'), EXTENSIONS);
  await writeFile(join(home, 'serial'), '01\n');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await ssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test root'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
  );
  await ssl('req', ...newKey, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test authority');
  await ssl(
    ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '2'],
    ...['-extfile', 'extensions', '-out', 'tsa.pem'],
  );
  let last: Buffer | null = null;
  const stamp = async (query: Buffer): Promise<Buffer> => {
    if (authority.mood === 'garbage') return Buffer.from('no time stamp at all');
    if (authority.mood === 'repeating' && last) return last;
    await writeFile(join(home, 'query'), query);
    await ssl(
      ...['ts', '-reply', '-config', 'ts.cnf', '-queryfile', 'query', '-signer', 'tsa.pem', '-inkey', 'tsa.key'],
      ...['-out', 'answer'],
    );
    last = await readFile(join(home, 'answer'));
    return last;
  };
  const answer = async (query: Buffer, reply: ServerResponse): Promise<void> => {
    authority.asked++;
    if (authority.mood === 'silent') return;
    if (authority.mood === 'refusing') {
      reply.writeHead(503).end('busy');
      return;
    }
    reply.writeHead(200, { 'Content-Type': 'application/timestamp-reply' }).end(await stamp(query));
  };
  const server = createServer((request, reply) => {
    void buffer(request)
      .then((query) => answer(query, reply))
      .catch(() => reply.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const authority: TestAuthority = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    caFile: join(home, 'ca.pem'),
    mood: 'well',
    asked: 0,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(home, { recursive: true, force: true });
    },
  };
  return authority;
}
