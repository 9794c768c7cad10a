import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ListedFile,
  RecordingStore,
  StoredFileMissingError,
  StoreFailedError,
  type StoredFile,
  type StoredRange,
  StoreFullError,
  StoreRefusedError,
} from '../../../backend/src/recordings/vault/recording-store.ts';

/** The last four say that all went well; `slow` even does. */
export type StoreFault =
  'fail-always' | 'fail-once' | 'full' | 'refuse' | 'short' | 'truncate' | 'flip-byte' | 'vanish' | 'slow';

/** What a fault may strike. */
export type StoreOperation = 'check' | 'write' | 'read' | 'sizeOf' | 'list' | 'remove' | 'move';

const SLOW_MS = 100;

const once = (bytes: Buffer): AsyncIterable<Buffer> => Readable.from([bytes]);

/** A store that works but for one fault of one of its operations. */
export class FaultyRecordingStore extends RecordingStore {
  override readonly place = 'a store with a fault';
  private attempts = 0;
  private readonly store: RecordingStore;
  private readonly fault: StoreFault;
  private readonly struck: StoreOperation;

  constructor(store: RecordingStore, fault: StoreFault, struck: StoreOperation = 'write') {
    super();
    this.store = store;
    this.fault = fault;
    this.struck = struck;
  }

  override async check(): Promise<void> {
    await this.strike('check');
    return this.store.check();
  }

  override async write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const bytes = Buffer.concat((await Readable.from(content).toArray()) as Uint8Array[]);
    if (bytes.length !== sizeBytes) throw new Error(`${bytes.length} bytes came instead of ${sizeBytes}`);
    const fault = await this.strike('write');
    if (fault === 'vanish') return;
    const kept = this.spoil(bytes, fault);
    await this.store.write(path, once(kept), kept.length);
  }

  override async read(path: string, range?: StoredRange): Promise<StoredFile> {
    const fault = await this.strike('read');
    if (fault === 'vanish') throw new StoredFileMissingError(path);
    const { sizeBytes, content } = await this.store.read(path, range);
    const bytes = Buffer.concat((await content.toArray()) as Buffer[]);
    return { sizeBytes, content: Readable.from([this.spoil(bytes, fault)]) };
  }

  override async sizeOf(path: string): Promise<number | null> {
    const fault = await this.strike('sizeOf');
    if (fault === 'vanish') return null;
    const sizeBytes = await this.store.sizeOf(path);
    return fault === 'truncate' && sizeBytes !== null ? sizeBytes - 1 : sizeBytes;
  }

  override async *list(): AsyncGenerator<ListedFile> {
    const fault = await this.strike('list');
    if (fault !== 'vanish') yield* this.store.list();
  }

  override async remove(path: string): Promise<void> {
    if ((await this.strike('remove')) !== 'vanish') await this.store.remove(path);
  }

  override async move(path: string, target: string): Promise<void> {
    if ((await this.strike('move')) !== 'vanish') await this.store.move(path, target);
  }

  override removeLeftovers(olderThan: Date): Promise<number> {
    return this.store.removeLeftovers(olderThan);
  }

  /** @returns the fault that is left to carry out, or null when there is none now */
  private async strike(operation: StoreOperation): Promise<StoreFault | null> {
    if (operation !== this.struck) return null;
    this.attempts++;
    switch (this.fault) {
      case 'fail-always':
        throw new StoreFailedError('EIO');
      case 'fail-once':
        if (this.attempts === 1) throw new StoreFailedError('EIO');
        return null;
      case 'full':
        throw new StoreFullError('ENOSPC');
      case 'refuse':
        throw new StoreRefusedError('marker-missing');
      case 'slow':
        await delay(SLOW_MS);
        return null;
      case 'short':
      case 'truncate':
      case 'flip-byte':
      case 'vanish':
        return this.fault;
    }
  }

  private spoil(bytes: Buffer, fault: StoreFault | null): Buffer {
    if (fault === 'short') return bytes.subarray(0, bytes.length / 2);
    if (fault === 'truncate') return bytes.subarray(0, -1);
    if (fault !== 'flip-byte') return bytes;
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    return flipped;
  }
}
