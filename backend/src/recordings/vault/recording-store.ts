import type { Readable } from 'node:stream';
import { DenwabanError } from '../../platform/errors.ts';

/** The store cannot take more. Nothing was written. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

const REFUSALS = {
  'marker-missing':
    '録音庫の目印が見つかりません。録音庫のディスクが接続(マウント)されていないか、別の場所を指しています。正しい録音庫を接続してください。',
  'marker-foreign':
    '接続されている録音庫は、この装置のものではありません。別のディスクが接続されていないか、録音庫の設定が変わっていないかを確認してください。',
  'access-denied':
    'オブジェクトストレージがこの装置のアクセスキーを受け付けません。キーと権限、装置の時計を確認してください。',
  'access-key-missing':
    'オブジェクトストレージのアクセスキーがありません。secrets/s3-key の1行目にアクセスキーID、2行目にシークレットキーを書いてください。',
  'access-key-readable':
    'オブジェクトストレージのアクセスキーのファイルを他の利用者が読める状態です。権限を 0600 に直し、キーの交換を検討してください。',
  'bucket-missing': 'オブジェクトストレージに録音庫のバケットがありません。設定とストレージを確認してください。',
} as const;
export type RefusalReason = keyof typeof REFUSALS;

/** The store is not the one this box writes to, or does not let it in. Nothing is lost: with the right one all goes on. */
export class StoreRefusedError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'vault-refused';

  constructor(readonly reason: RefusalReason) {
    super(REFUSALS[reason], { reason });
  }

  override toString(): string {
    return `${this.name}: ${this.reason}`;
  }
}

/** The store did not do what it was asked, e.g. an I/O error. Readers see nothing of the attempt. */
export class StoreFailedError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'vault-failed';

  /** @param failure for the log; people are told what they can do */
  constructor(
    readonly failure: string,
    options?: ErrorOptions,
  ) {
    super(
      '録音庫を読み書きできません。しばらくしてからもう一度お試しください。続くときはシステム管理者に連絡してください。',
    );
    this.cause = options?.cause;
  }

  override toString(): string {
    return `${this.name}: ${this.failure}`;
  }
}

export class StoredFileMissingError extends Error {
  override readonly name = 'StoredFileMissingError';
  constructor(readonly path: string) {
    super(`nothing is stored at ${path}`);
  }
}

/** Something is stored there already and stays as it is. */
export class StoredFileExistsError extends Error {
  override readonly name = 'StoredFileExistsError';
  constructor(readonly path: string) {
    super(`something is stored at ${path} already`);
  }
}

/** Offsets of the first and the last byte wanted. */
export interface StoredRange {
  first: number;
  last: number;
}

export interface StoredFile {
  /** Of the whole, whatever the range. */
  sizeBytes: number;
  content: Readable;
}

/** One entry of a listing. */
export interface ListedFile {
  path: string;
  sizeBytes: number;
}

/**
 * Where sealed recordings live. Paths are relative, with `/` between the parts.
 * Every adapter has to pass `recording-store.contract.ts`.
 */
export abstract class RecordingStore {
  /** What it is and where, for the health page. */
  abstract readonly place: string;

  /**
   * Makes sure that this is the right store; one that was never used before becomes it.
   * @throws StoreRefusedError, StoreFailedError
   */
  abstract check(): Promise<void>;

  /**
   * Stores a whole file, durably: once this resolves it survives a power cut; before, readers see nothing of it. Never
   * replaces a file.
   * @param sizeBytes what `content` will yield; anything else is an error
   * @throws StoredFileExistsError, StoreFullError, StoreRefusedError, StoreFailedError; what `content` throws is the cause
   */
  abstract write(path: string, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void>;

  /** @throws StoredFileMissingError, StoreRefusedError, StoreFailedError; the last while the content is read too */
  abstract read(path: string, range?: StoredRange): Promise<StoredFile>;

  /**
   * @returns null when nothing is stored there, in what is the right store
   * @throws StoreRefusedError, StoreFailedError
   */
  abstract sizeOf(path: string): Promise<number | null>;

  /**
   * Everything that is stored, in no particular order, in constant memory: neither marker nor unfinished writes. What is
   * stored or removed meanwhile may or may not be in it.
   * @throws StoreRefusedError, StoreFailedError; while iterating too
   */
  abstract list(): AsyncIterable<ListedFile>;

  /**
   * Removes a file, durably. Nothing stored there is as good.
   * @throws StoreRefusedError, StoreFailedError
   */
  abstract remove(path: string): Promise<void>;

  /**
   * Moves a file to another path. Stopped half-way, it may be stored at both, never at neither.
   * @throws StoredFileMissingError, StoredFileExistsError, StoreRefusedError, StoreFailedError
   */
  abstract move(path: string, target: string): Promise<void>;

  /**
   * Removes what interrupted writes left behind.
   * @returns how many
   */
  abstract removeLeftovers(olderThan: Date): Promise<number>;
}
