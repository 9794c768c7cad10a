/** A recording key as it is stored. */
export interface StoredRecordingKey {
  /** Whose class key wraps it. */
  className: string;
  wrapped: Buffer;
}

/**
 * Where wrapped keys live. What is removed here must be gone for good, or destroying a key destroys nothing: keep it out
 * of every backup that keeps old versions (dumps, WAL, snapshots) and back it up on its own, newest version only.
 */
export abstract class KeyStore {
  abstract classKey(name: string): Promise<Buffer | null>;

  abstract classKeys(): Promise<{ name: string; wrapped: Buffer }[]>;

  /**
   * The first one wins, whoever else tries at the same time.
   * @returns what is stored afterwards
   */
  abstract addClassKey(name: string, wrapped: Buffer): Promise<Buffer>;

  /** @returns false when something else than `expected` is stored: nothing was changed */
  abstract replaceClassKey(name: string, expected: Buffer, wrapped: Buffer): Promise<boolean>;

  /** @returns false when a recording key is stored that needs it: nothing was removed. One step, not two. */
  abstract removeUnusedClassKey(name: string): Promise<boolean>;

  abstract recordingKey(recordingId: string): Promise<StoredRecordingKey | null>;

  /**
   * The first one wins. Fails when there is no such class key.
   * @returns what is stored afterwards
   */
  abstract addRecordingKey(recordingId: string, key: StoredRecordingKey): Promise<StoredRecordingKey>;

  /** @returns false when something else than `expected` is stored: nothing was changed */
  abstract replaceRecordingKey(
    recordingId: string,
    expected: StoredRecordingKey,
    key: StoredRecordingKey,
  ): Promise<boolean>;

  abstract removeRecordingKey(recordingId: string): Promise<void>;
}
