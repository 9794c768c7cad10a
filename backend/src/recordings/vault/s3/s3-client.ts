import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import aws4 from 'aws4';
import { StoreFailedError, StoreFullError, StoreRefusedError } from '../recording-store.ts';
import { errorCodeOf } from './s3-listing.ts';
import type { S3Key } from './s3-key.ts';

/** Where a bucket is. */
export interface S3Place {
  /** E.g. `https://s3.office.example:9000`. */
  endpoint: string;
  region: string;
  bucket: string;
  /** PEM file of the authority that signed the endpoint's certificate, instead of those the system knows. */
  caFile: string | null;
}

/** How long a request may take. */
export interface S3Patience {
  /** Without a byte in either direction. */
  idleMs: number;
  /** For a request and its answer as a whole ... */
  totalMs: number;
  /** ... and for its content at least at this rate. */
  slowestBytesPerMs: number;
  /** Before the second attempt at something that may be repeated; doubled before each further one. */
  retryMs: number;
}

const PATIENCE: S3Patience = { idleMs: 20_000, totalMs: 60_000, slowestBytesPerMs: 50, retryMs: 250 };
const ATTEMPTS = 3;
/** Far more than a page of a listing or a piece of a recording takes. */
const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;
/** "No more room", as S3, Ceph and MinIO say it. */
const FULL = ['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'ServiceQuotaExceeded'];

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Below the bucket. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  content?: { bytes: AsyncIterable<Uint8Array>; sizeBytes: number };
}

export interface S3Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/**
 * Signed requests to one bucket, each within bounded time and memory. The endpoint's certificate is always verified; redirects
 * are not followed, because the signature is for one host.
 */
export class S3Client {
  private readonly endpoint: URL;
  private pool: http.Agent | undefined;

  constructor(
    private readonly place: S3Place,
    private readonly readKey: () => Promise<S3Key>,
    private readonly patience: S3Patience = PATIENCE,
  ) {
    this.endpoint = new URL(place.endpoint);
  }

  get host(): string {
    return this.endpoint.host;
  }

  get bucket(): string {
    return this.place.bucket;
  }

  /**
   * Sends a request, and what has no content to send up to three times.
   * @param expected statuses that are answers; any other is a failure
   * @throws StoreRefusedError, StoreFullError, StoreFailedError
   */
  async send(request: S3Request, ...expected: number[]): Promise<S3Answer> {
    const attempts = request.content ? 1 : ATTEMPTS;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(request).catch((error: unknown) => asFailure(request, error));
      if (!(outcome instanceof Error) && expected.includes(outcome.status)) return outcome;
      const failure = outcome instanceof Error ? outcome : failureOf(request, outcome);
      if (attempt === attempts || !(failure instanceof StoreFailedError)) throw failure;
      await delay(this.patience.retryMs * 2 ** (attempt - 1));
    }
  }

  private agent(): http.Agent {
    const options = { keepAlive: true, maxSockets: 32 };
    const { caFile } = this.place;
    const ca = () => (caFile === null ? {} : { ca: readFileSync(caFile) });
    this.pool ??=
      this.endpoint.protocol === 'https:' ? new https.Agent({ ...options, ...ca() }) : new http.Agent(options);
    return this.pool;
  }

  private async attempt({ method, key, query = {}, headers = {}, content }: S3Request): Promise<S3Answer> {
    const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
    const path = `/${this.place.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const signed = aws4.sign(
      {
        ...{ service: 's3', region: this.place.region, method, host: this.endpoint.host },
        path: search === '' ? path : `${path}?${search}`,
        headers: {
          ...headers,
          // The content is streamed; TLS guards it on the way, and it is read back and decrypted afterwards.
          'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
          ...(method === 'PUT' ? { 'content-length': String(content?.sizeBytes ?? 0) } : {}),
        },
      },
      await this.readKey(),
    );
    const { idleMs, totalMs, slowestBytesPerMs } = this.patience;
    const total = AbortSignal.timeout(totalMs + Math.ceil((content?.sizeBytes ?? 0) / slowestBytesPerMs));
    const { protocol, hostname, port } = this.endpoint;
    const request = (protocol === 'https:' ? https : http).request({
      ...{ protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, agent: this.agent(), method, path: signed.path },
      ...{ headers: signed.headers ?? {}, signal: total, timeout: idleMs },
    });
    request.on('timeout', () => request.destroy(new Error(`nothing came for ${idleMs} ms`)));
    return exchange(request, content?.bytes);
  }
}

/** An answer may come before all is sent, when it is a refusal. */
async function exchange(request: http.ClientRequest, bytes?: AsyncIterable<Uint8Array>): Promise<S3Answer> {
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
  const sent = bytes ? pipeline(Readable.from(bytes, { objectMode: false }), request) : request.end();
  const failedToSend = Promise.resolve(sent).then(() => answer);
  const response = await Promise.race([answer, failedToSend]);
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > LARGEST_ANSWER_BYTES) throw new Error('the answer is too large');
    parts.push(part);
  }
  // What was answered before all was sent needs no more of it.
  if (!request.writableFinished) request.destroy();
  await failedToSend.catch((error: unknown) => {
    if ((response.statusCode ?? 0) < 300) throw error;
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) };
}

function asFailure({ method, key }: S3Request, error: unknown): Error {
  if (error instanceof StoreRefusedError || error instanceof StoreFailedError) return error;
  return new StoreFailedError(`${method} ${key}: ${String(error)}`, { cause: error });
}

function failureOf({ method, key }: S3Request, { status, body }: S3Answer): Error {
  const code = errorCodeOf(body.toString('utf8')) ?? '';
  if (status === 507 || FULL.includes(code)) return new StoreFullError(`object storage says ${status} ${code}`);
  if (status === 401 || status === 403) return new StoreRefusedError('access-denied');
  if (code === 'NoSuchBucket') return new StoreRefusedError('bucket-missing');
  return new StoreFailedError(`${method} ${key}: object storage says ${status} ${code}`);
}
