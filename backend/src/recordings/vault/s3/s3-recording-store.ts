import { Readable } from 'node:stream';
import {
  type ListedFile,
  RecordingStore,
  type StoredFile,
  StoredFileExistsError,
  StoredFileMissingError,
  type StoredRange,
  StoreFailedError,
  StoreRefusedError,
} from '../recording-store.ts';
import { MARKER, StoreMarker } from '../store-marker.ts';
import { type S3Answer, type S3Client, type S3Request } from './s3-client.ts';
import { errorCodeOf, parseListing } from './s3-listing.ts';

/** A listener gets the first sound after one small piece; whoever reads on gets ever larger ones. */
const FIRST_PIECE_BYTES = 128 * 1024;
const LARGEST_PIECE_BYTES = 2 * 1024 * 1024;
/** A bucket does not come and go like a disk. */
const MARKER_FRESH_MS = 10_000;

/**
 * Recordings as objects of a bucket, one request each: a call of two hours is far below what a single one may carry (5 GB), so
 * nothing unfinished is ever left behind. An object appears when its request has succeeded, as a whole.
 */
export class S3RecordingStore extends RecordingStore {
  override readonly place: string;
  private readonly marker: StoreMarker;
  private markerSeenMs = -MARKER_FRESH_MS;
  /** Unless the store turns out not to know `If-None-Match`; then a look before must do. */
  private conditional = true;

  /**
   * @param prefix empty, or ending in `/`
   * @param identityFile outside the store; remembers which one it is
   */
  constructor(
    private readonly client: S3Client,
    private readonly prefix: string,
    identityFile: string,
    private readonly filesAPage = 1000,
  ) {
    super();
    this.place = `オブジェクトストレージ s3://${client.bucket}/${prefix} (${client.host})`;
    const place = {
      read: async () => (await this.get(MARKER, 0, FIRST_PIECE_BYTES - 1))?.body.toString('utf8') ?? null,
      write: (text: string) => this.put(MARKER, Readable.from([Buffer.from(text)]), Buffer.byteLength(text)),
    };
    this.marker = new StoreMarker(place, identityFile);
  }

  override async check(): Promise<void> {
    await this.marker.checkOrAdopt();
    this.markerSeenMs = performance.now();
  }

  override async write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const key = ownPath(path);
    await this.guard(() => this.check());
    if ((await this.head(key)) !== null) throw new StoredFileExistsError(path);
    await this.put(key, exactly(content, sizeBytes), sizeBytes);
  }

  override async read(path: string, range?: StoredRange): Promise<StoredFile> {
    const key = ownPath(path);
    await this.guard(() => this.marker.check());
    const first = range?.first ?? 0;
    const last = Math.min(range?.last ?? Infinity, first + FIRST_PIECE_BYTES - 1);
    const answer = await this.get(key, first, last);
    if (answer === null) throw new StoredFileMissingError(path);
    const sizeBytes = sizeOfWhole(answer);
    const end = Math.min(range?.last ?? Infinity, sizeBytes - 1) + 1;
    const content = this.pieces(key, first, end, answer.status === 416 ? Buffer.alloc(0) : answer.body);
    return { sizeBytes, content: Readable.from(content, { objectMode: false }) };
  }

  override async sizeOf(path: string): Promise<number | null> {
    const key = ownPath(path);
    await this.guard(() => this.marker.check());
    return this.head(key);
  }

  override async *list(): AsyncGenerator<ListedFile, void> {
    await this.guard(() => this.marker.check());
    let continuation: string | null = null;
    do {
      const query = { 'list-type': '2', 'encoding-type': 'url', prefix: this.prefix, 'max-keys': `${this.filesAPage}` };
      const next: Record<string, string> = continuation === null ? {} : { 'continuation-token': continuation };
      const { body } = await this.client.send({ method: 'GET', key: '', query: { ...query, ...next } }, 200);
      const page = this.parsed(body);
      for (const file of page.files) if (file.path !== MARKER) yield file;
      continuation = page.continuation;
    } while (continuation !== null);
  }

  override async remove(path: string): Promise<void> {
    const key = ownPath(path);
    await this.guard(() => this.marker.check());
    await this.client.send({ method: 'DELETE', key: this.prefix + key }, 200, 204, 404);
  }

  override async move(path: string, target: string): Promise<void> {
    const [from, to] = [ownPath(path), ownPath(target)];
    await this.guard(() => this.marker.check());
    const sizeBytes = await this.head(from);
    if (sizeBytes === null) throw new StoredFileMissingError(path);
    if ((await this.head(to)) !== null) throw new StoredFileExistsError(target);
    const source = `/${this.client.bucket}/${this.prefix}${from}`;
    const headers = { 'x-amz-copy-source': source.split('/').map(encodeURIComponent).join('/') };
    // A copy can fail after its answer has begun with 200 (S3, CopyObject).
    const { body } = await this.client.send({ method: 'PUT', key: this.prefix + to, headers }, 200);
    const code = errorCodeOf(body.toString('utf8'));
    if (code !== null || (await this.head(to)) !== sizeBytes) throw new StoreFailedError(`copy to ${target}: ${code}`);
    await this.remove(path);
  }

  /** There is never anything: see above. */
  override removeLeftovers(): Promise<number> {
    return Promise.resolve(0);
  }

  private async guard(check: () => Promise<void>): Promise<void> {
    if (performance.now() - this.markerSeenMs < MARKER_FRESH_MS) return;
    await check();
  }

  private async head(key: string): Promise<number | null> {
    const { status, headers } = await this.client.send({ method: 'HEAD', key: this.prefix + key }, 200, 404);
    return status === 404 ? null : Number(headers['content-length']);
  }

  /** @returns null when there is no such object; status 416 for a range of an empty one */
  private async get(key: string, first: number, last: number): Promise<S3Answer | null> {
    const headers = { range: `bytes=${first}-${last}` };
    const request: S3Request = { method: 'GET', key: this.prefix + key, headers };
    const answer = await this.client.send(request, 200, 206, 404, 416);
    if (answer.status !== 404) return answer;
    if (errorCodeOf(answer.body.toString('utf8')) === 'NoSuchBucket') throw new StoreRefusedError('bucket-missing');
    return null;
  }

  private async put(key: string, bytes: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const headers: Record<string, string> = this.conditional ? { 'if-none-match': '*' } : {};
    const request: S3Request = { method: 'PUT', key: this.prefix + key, headers, content: { bytes, sizeBytes } };
    const { status } = await this.client.send(request, 200, 409, 412, 501);
    if (status === 200) return;
    if (status === 501) this.conditional = false;
    if (status !== 501) throw new StoredFileExistsError(key);
    throw new StoreFailedError('object storage does not know If-None-Match: the next attempt goes without');
  }

  private async *pieces(key: string, first: number, end: number, begun: Buffer): AsyncGenerator<Buffer, void> {
    yield begun;
    let wanted = FIRST_PIECE_BYTES;
    for (let at = first + begun.length; at < end;) {
      wanted = Math.min(wanted * 2, LARGEST_PIECE_BYTES);
      const answer = await this.get(key, at, Math.min(end, at + wanted) - 1);
      if (answer?.status !== 206 || answer.body.length === 0) throw new StoreFailedError(`${key} ended at byte ${at}`);
      yield answer.body;
      at += answer.body.length;
    }
  }

  private parsed(body: Buffer) {
    try {
      return parseListing(body.toString('utf8'), this.prefix);
    } catch (error) {
      throw new StoreFailedError(`the listing cannot be read: ${String(error)}`, { cause: error });
    }
  }
}

/** @throws StoreFailedError for a path that would lead out of the vault, or to its marker */
function ownPath(path: string): string {
  const isPlain = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || path === MARKER) throw new StoreFailedError(`${path} leaves the vault`);
  return path;
}

function sizeOfWhole({ status, headers, body }: S3Answer): number {
  if (status === 200) return body.length;
  const size = Number(/\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(size) && status === 416) return 0;
  if (Number.isNaN(size)) throw new StoreFailedError('the answer does not say how large the object is');
  return size;
}

async function* exactly(content: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array, void> {
  let sentBytes = 0;
  for await (const chunk of content) {
    sentBytes += chunk.byteLength;
    if (sentBytes > sizeBytes) break;
    yield chunk;
  }
  if (sentBytes !== sizeBytes) throw new Error(`${sentBytes} bytes came instead of ${sizeBytes}`);
}
