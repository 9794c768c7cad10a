import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureCertificates } from '../../../provisioning/box/certificates.ts';
import { SilentProgress } from '../../../provisioning/progress.ts';
import { readIndex } from '../../../provisioning/runtime/fetch-packages.ts';
import { hostPackageSource } from '../../../provisioning/runtime/mirror.ts';
import { architecture } from '../../../provisioning/runtime/tools.ts';
import { S3Client, type S3Place } from '../../../backend/src/recordings/vault/s3/s3-client.ts';

const run = promisify(execFile);

/*
 * A server of the S3 protocol on loopback: Moto, from the same suite as the runtime root. It runs by the root's own loader, but
 * lies beside the root: no office gets it. Ceph's gateway without a cluster was tried first; the one of this suite answers
 * ranges with broken HTTP and does not copy.
 */

/** Debian's Moto does not name the last one, which its server needs. */
const PACKAGES = ['python3-moto', 'python3-flask-cors'];
const START_TIMEOUT_MS = 60_000;

export interface ObjectStorage {
  place: S3Place;
  key: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** Starts an empty one over TLS, with a bucket. */
export async function startObjectStorage(root: string): Promise<ObjectStorage> {
  const folder = await ensureServer(root);
  const home = await mkdtemp(join(tmpdir(), 'denwaban-objects-'));
  const { caFile } = await ensureCertificates(home, { addresses: ['127.0.0.1'], hosts: ['localhost'] }, new Date());
  const port = await freePort();
  const { loader, libraries } = architecture();
  const python = (await readdir(join(folder, 'usr/bin'))).find((name) => /^python3\.\d+$/.test(name)) ?? '';
  const searched = [root, folder].map((at) => `${at}/${libraries}`).join(':');
  const tls = ['--ssl-cert', join(home, 'server.crt'), '--ssl-key', join(home, 'server.key')];
  const program = ['--library-path', searched, `${folder}/usr/bin/${python}`, '-m', 'moto.server'];
  const child = spawn(`${root}/${loader}`, [...program, '-H', '127.0.0.1', '-p', String(port), ...tls], {
    env: { PYTHONHOME: `${folder}/usr`, PYTHONPATH: `${folder}/usr/lib/python3/dist-packages`, PATH: process.env.PATH },
    stdio: 'ignore',
  });
  const stop = async () => {
    await end(child);
    await rm(home, { recursive: true, force: true });
  };
  const key = { accessKeyId: randomBytes(8).toString('hex'), secretAccessKey: randomBytes(16).toString('hex') };
  const place = { endpoint: `https://127.0.0.1:${port}`, region: 'us-east-1', bucket: 'vault', caFile };
  try {
    await makeBucket(new S3Client(place, () => Promise.resolve(key)), child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { place, key, stop };
}

async function makeBucket(client: S3Client, child: ChildProcess): Promise<void> {
  const endMs = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the S3 server ended with exit code ${child.exitCode}`);
    const made = await client.send({ method: 'PUT', key: '' }, 200).catch((error: unknown) => error);
    if (!(made instanceof Error)) return;
    if (Date.now() > endMs) throw made;
    await delay(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await promisify(server.close.bind(server))();
  return port;
}

/** @returns a folder with the server and what it needs on top of the root; fetched once for each root */
async function ensureServer(root: string): Promise<string> {
  const [name = '', runtime] = [dirname(root).split('/').at(-1), dirname(dirname(root))];
  const folder = resolve(runtime, `object-storage-${name}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}.partial`;
  const archives = join(partial, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const { apt } = await readIndex(hostPackageSource(existsSync), resolve(runtime, 'packages'), new SilentProgress());
  const places = { 'Dir::State::status': `${root}/var/lib/dpkg/status`, 'Dir::Cache::archives': archives };
  const options = Object.entries(places).flatMap(([option, value]) => ['-o', `${option}=${value}`]);
  const install = ['install', '--download-only', '-y', '-q', '--no-install-recommends', ...PACKAGES];
  await run('apt-get', [...apt, ...options, ...install]);
  const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --exclude=./usr/share/doc --exclude=./usr/share/man';
  const debs = (await readdir(archives)).filter((file) => file.endsWith('.deb'));
  for (const deb of debs) await run('sh', ['-ec', unpack, 'sh', join(archives, deb), partial]);
  await rm(archives, { recursive: true });
  await rename(partial, folder).catch(() => rm(partial, { recursive: true }));
  return folder;
}
