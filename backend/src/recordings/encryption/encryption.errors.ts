import { DenwabanError } from '../../platform/errors.ts';

/** A recording cannot be turned back into sound. The file is left as it is. */
export abstract class UndecryptableError extends DenwabanError {
  readonly status = 500;
}

/**
 * The commitment in the header is not the one of this key and context: another recording's key, another recording's
 * file, or a header that was altered.
 */
export class WrongKeyOrContextError extends UndecryptableError {
  readonly errorId = 'recording-wrong-key';
  constructor() {
    super(
      '録音ファイルと鍵が一致しません。ファイルが入れ替わったか、先頭部分が書き換えられた可能性があります。ファイルには手を加えていません。システム管理者に連絡してください。',
    );
  }
}

/** Bytes are missing at the end. `chunk` is the first one that is not whole, null when even the header is not. */
export class CiphertextTruncatedError extends UndecryptableError {
  readonly errorId = 'recording-truncated';
  constructor(readonly chunk: number | null) {
    super(
      '録音ファイルの末尾が欠けています。残りの部分には手を加えていません。システム管理者に録音庫のディスクとバックアップの確認を依頼してください。',
      { chunk },
    );
  }
}

/**
 * A chunk does not carry a valid tag: altered, moved from elsewhere or, for the last one, cut. Chunk `n` holds the bytes
 * from `n * 16384` on.
 */
export class ChunkAlteredError extends UndecryptableError {
  readonly errorId = 'recording-altered';
  constructor(
    readonly chunk: number,
    readonly last: boolean,
  ) {
    super(
      '録音ファイルの内容が保存後に変わっています。改ざんまたはディスクの故障が考えられます。ファイルには手を加えていません。システム管理者に連絡してください。',
      { chunk, last },
    );
  }
}

/** More than a single message may hold (chunked-encryption, "Message chunking"): 2^38 chunks. */
export class MessageTooLongError extends Error {
  override readonly name = 'MessageTooLongError';
}
