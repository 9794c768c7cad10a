import { Readable } from 'node:stream';
import {
  type ListedFile,
  RecordingStore,
  StoreFailedError,
  type StoredFile,
  type StoredRange,
  StoreFullError,
} from '../../../backend/src/recordings/recording-store.ts';

export type StoreFault = 'fail-always' | 'fail-once' | 'full' | 'short-write' | 'flip-byte' | 'vanish';

/** A store that works but for one fault of its writes. The last three say that all went well. */
export class FaultyRecordingStore extends RecordingStore {
  private attempts = 0;
  private readonly store: RecordingStore;
  private readonly fault: StoreFault;

  constructor(store: RecordingStore, fault: StoreFault) {
    super();
    this.store = store;
    this.fault = fault;
  }

  override async write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const bytes = Buffer.concat((await Readable.from(content).toArray()) as Uint8Array[]);
    this.attempts++;
    switch (this.fault) {
      case 'fail-always':
        throw new StoreFailedError('EIO');
      case 'fail-once':
        if (this.attempts === 1) throw new StoreFailedError('EIO');
        await this.put(path, bytes, sizeBytes);
        return;
      case 'full':
        throw new StoreFullError('ENOSPC');
      case 'short-write':
        await this.put(path, bytes.subarray(0, sizeBytes / 2), Math.floor(sizeBytes / 2));
        return;
      case 'flip-byte':
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await this.put(path, bytes, sizeBytes);
        return;
      case 'vanish':
        return;
    }
  }

  private put(path: string, bytes: Buffer, sizeBytes: number): Promise<void> {
    return this.store.write(
      path,
      (async function* () {
        yield await Promise.resolve(bytes);
      })(),
      sizeBytes,
    );
  }

  override check(): Promise<void> {
    return this.store.check();
  }

  override read(path: string, range?: StoredRange): Promise<StoredFile> {
    return this.store.read(path, range);
  }

  override sizeOf(path: string): Promise<number | null> {
    return this.store.sizeOf(path);
  }

  override list(): AsyncIterable<ListedFile> {
    return this.store.list();
  }

  override remove(path: string): Promise<void> {
    return this.store.remove(path);
  }

  override move(path: string, target: string): Promise<void> {
    return this.store.move(path, target);
  }

  override removeLeftovers(olderThan: Date): Promise<number> {
    return this.store.removeLeftovers(olderThan);
  }
}
