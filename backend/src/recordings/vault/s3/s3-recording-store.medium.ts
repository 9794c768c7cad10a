import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type MediumTier } from '../../../../../test/medium/medium-tier.ts';
import { type ObjectStorage, startObjectStorage } from '../../../../../test/medium/recordings/object-storage.ts';
import {
  inChunks,
  itKeepsTheContract,
  readAll,
} from '../../../../../test/medium/recordings/recording-store.contract.ts';
import { StoredFileExistsError, StoreFailedError, StoreFullError, StoreRefusedError } from '../recording-store.ts';
import { S3Client, type S3Place } from './s3-client.ts';
import { S3RecordingStore } from './s3-recording-store.ts';

const PATIENCE = { idleMs: 500, totalMs: 5000, slowestBytesPerMs: 50, retryMs: 5 };

let storage: ObjectStorage;
let home: string;

const storeAt = (prefix: string, place: Partial<S3Place> = {}, identity = 'vault.id') =>
  new S3RecordingStore(
    new S3Client({ ...storage.place, ...place }, () => Promise.resolve(storage.key)),
    prefix,
    join(home, identity),
  );
const put = (store: S3RecordingStore, path: string, text: string) =>
  store.write(path, inChunks(Buffer.from(text), 4), Buffer.byteLength(text));

beforeAll(async () => {
  const { root } = JSON.parse(process.env.MEDIUM_TIER ?? '{}') as MediumTier;
  storage = await startObjectStorage(root);
}, 180_000);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'denwaban-s3-'));
});

afterEach(() => rm(home, { recursive: true }));

afterAll(() => storage.stop());

itKeepsTheContract('a bucket', () => storeAt(`contract/${home.split('-').at(-1) ?? ''}/`));

describe('the right bucket', () => {
  it('is refused when it belongs to another box, and when its marker is gone', async () => {
    await put(storeAt('a/'), 'recording', 'audio');
    await storeAt('b/', {}, 'other.id').check();
    await expect(storeAt('b/').check()).rejects.toThrow(new StoreRefusedError('marker-foreign'));
    await expect(put(storeAt('c/'), 'recording', 'audio')).rejects.toThrow(new StoreRefusedError('marker-missing'));
    await expect(storeAt('c/').sizeOf('recording')).rejects.toThrow(StoreRefusedError);
    expect((await readAll(storeAt('a/'), 'recording')).toString()).toBe('audio');
  });

  it('is told apart from one that is not there', async () => {
    await storeAt('d/').check();
    const missing = storeAt('d/', { bucket: 'nowhere' });
    await expect(missing.check()).rejects.toThrow(new StoreRefusedError('bucket-missing'));
  });

  it('is only who can prove it: an authority that nobody named is not believed', async () => {
    const failure: unknown = await storeAt('e/', { caFile: null })
      .check()
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/certificate/i);
    await expect(storeAt('e/', { caFile: '/nowhere/ca.pem' }).check()).rejects.toThrow(StoreFailedError);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('a bucket', () => {
  it('gives out large files piece by piece, from anywhere', async () => {
    const [store, content] = [storeAt('large/'), randomBytes(9_000_000)];
    await store.write('two-hours', inChunks(content, 65_536), content.length);
    expect((await readAll(store, 'two-hours')).equals(content)).toBe(true);
    const range = { first: 1_234_567, last: 8_765_432 };
    expect((await readAll(store, 'two-hours', range)).equals(content.subarray(range.first, range.last + 1))).toBe(true);
  });

  it('lists more files than fit on a page', async () => {
    const client = new S3Client(storage.place, () => Promise.resolve(storage.key));
    const store = new S3RecordingStore(client, 'many/', join(home, 'vault.id'), 4);
    const paths = Array.from({ length: 11 }, (_, index) => `2026/${index}`);
    await Promise.all(paths.map((path) => put(store, path, 'x')));
    const listed: string[] = [];
    for await (const { path } of store.list()) listed.push(path);
    expect(listed.sort()).toEqual(paths.sort());
  });
});

describe('object storage that misbehaves', () => {
  let server: Server | undefined;

  /** Answers the marker, and leaves everything else to the test. */
  async function storeAgainst(answer: RequestListener): Promise<S3RecordingStore> {
    await writeFile(join(home, 'vault.id'), 'identity');
    server = createServer((request, response) => {
      if (request.url?.endsWith('.denwaban-vault')) {
        response.writeHead(206, { 'content-range': 'bytes 0-7/8' }).end('identity');
        return;
      }
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, region: 'x', bucket: 'b' };
    const key = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const client = new S3Client({ ...place, caFile: null }, () => Promise.resolve(key), PATIENCE);
    return new S3RecordingStore(client, '', join(home, 'vault.id'));
  }

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('and never answers is given up on', async () => {
    const store = await storeAgainst(() => undefined);
    await expect(store.sizeOf('a')).rejects.toThrow(StoreFailedError);
    await expect(put(store, 'a', 'audio')).rejects.toThrow(StoreFailedError);
  });

  it('for a moment only is asked again, where that can do no harm', async () => {
    const asked: string[] = [];
    const store = await storeAgainst((request, response) => {
      asked.push(request.method ?? '');
      if (asked.length < 3) response.writeHead(503).end();
      else response.writeHead(200, { 'content-length': '7' }).end();
    });
    expect(await store.sizeOf('a')).toBe(7);
    expect(asked).toEqual(['HEAD', 'HEAD', 'HEAD']);
  });

  it('and is full says so', async () => {
    const store = await storeAgainst((request, response) => {
      if (request.method === 'HEAD') response.writeHead(404).end();
      else request.resume().on('end', () => response.writeHead(403).end('<Error><Code>QuotaExceeded</Code></Error>'));
    });
    await expect(put(store, 'a', 'audio')).rejects.toThrow(StoreFullError);
  });

  it('and does not know the key is told apart from one that is away', async () => {
    const store = await storeAgainst((_, response) => response.writeHead(403).end());
    await expect(store.sizeOf('a')).rejects.toThrow(new StoreRefusedError('access-denied'));
  });

  it('and does not know conditions still replaces nothing that is there', async () => {
    const objects = new Map<string, number>();
    const store = await storeAgainst((request, response) => {
      const { method = '', url = '', headers } = request;
      const size = objects.get(url);
      request.resume().on('end', () => {
        if (method === 'HEAD') response.writeHead(size === undefined ? 404 : 200, { 'content-length': `${size ?? 0}` });
        else if (headers['if-none-match'] !== undefined) response.writeHead(501);
        else objects.set(url, Number(headers['content-length']));
        response.end();
      });
    });
    await expect(put(store, 'a', 'audio')).rejects.toThrow(StoreFailedError);
    await put(store, 'a', 'audio');
    await expect(put(store, 'a', 'other')).rejects.toThrow(StoredFileExistsError);
    expect([...objects.values()]).toEqual([5]);
  });

  it('and answers with something else is not believed', async () => {
    const store = await storeAgainst((_, response) => response.writeHead(200).end('<html>log in here</html>'));
    await expect(store.list().next()).rejects.toThrow(StoreFailedError);
  });

  it('and breaks off in the middle of a file is noticed', async () => {
    const store = await storeAgainst((request, response) => {
      if (request.headers.range === 'bytes=0-131071') {
        response.writeHead(206, { 'content-range': 'bytes 0-9/20', 'content-length': '10' }).end('0123456789');
      } else request.socket.destroy();
    });
    await expect(readAll(store, 'a')).rejects.toThrow(StoreFailedError);
  });
});
