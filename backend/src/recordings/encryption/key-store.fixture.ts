import { KeyStore, type StoredRecordingKey } from './key-store.ts';

/** A key store in memory that keeps the port's promises. */
export class MemoryKeyStore extends KeyStore {
  readonly classes = new Map<string, Buffer>();
  readonly recordings = new Map<string, StoredRecordingKey>();

  override classKey(name: string): Promise<Buffer | null> {
    return Promise.resolve(this.classes.get(name) ?? null);
  }

  override classKeys(): Promise<{ name: string; wrapped: Buffer }[]> {
    return Promise.resolve([...this.classes].map(([name, wrapped]) => ({ name, wrapped })));
  }

  override addClassKey(name: string, wrapped: Buffer): Promise<Buffer> {
    const stored = this.classes.get(name) ?? wrapped;
    this.classes.set(name, stored);
    return Promise.resolve(stored);
  }

  override replaceClassKey(name: string, expected: Buffer, wrapped: Buffer): Promise<boolean> {
    if (!this.classes.get(name)?.equals(expected)) return Promise.resolve(false);
    this.classes.set(name, wrapped);
    return Promise.resolve(true);
  }

  override removeUnusedClassKey(name: string): Promise<boolean> {
    if ([...this.recordings.values()].some(({ className }) => className === name)) return Promise.resolve(false);
    this.classes.delete(name);
    return Promise.resolve(true);
  }

  override recordingKey(recordingId: string): Promise<StoredRecordingKey | null> {
    return Promise.resolve(this.recordings.get(recordingId) ?? null);
  }

  override addRecordingKey(recordingId: string, key: StoredRecordingKey): Promise<StoredRecordingKey> {
    if (!this.classes.has(key.className)) return Promise.reject(new Error(`no class key ${key.className}`));
    const stored = this.recordings.get(recordingId) ?? key;
    this.recordings.set(recordingId, stored);
    return Promise.resolve(stored);
  }

  override replaceRecordingKey(
    recordingId: string,
    expected: StoredRecordingKey,
    key: StoredRecordingKey,
  ): Promise<boolean> {
    if (!this.recordings.get(recordingId)?.wrapped.equals(expected.wrapped)) return Promise.resolve(false);
    this.recordings.set(recordingId, key);
    return Promise.resolve(true);
  }

  override removeRecordingKey(recordingId: string): Promise<void> {
    this.recordings.delete(recordingId);
    return Promise.resolve();
  }
}
