import { randomBytes } from 'node:crypto';
import {
  CHUNK_BYTES,
  chunkOffset,
  deriveMessageSecrets,
  HEADER_BYTES,
  type MessageSecrets,
  messageShape,
  openChunk,
  openHeader,
  SALT_BYTES,
  sealChunk,
  SEALED_CHUNK_BYTES,
} from './cobblestone.ts';
import { CiphertextTruncatedError } from './encryption.errors.ts';

export { ciphertextSize, plaintextSize } from './cobblestone.ts';

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Yields the ciphertext's bytes from `start` up to, not including, `end`. */
export type ReadRange = (start: number, end: number) => Bytes | Promise<Bytes>;

/** Gives up to `length` bytes from `position` on; fewer only at the end. */
export type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Reads ahead as a whole, so that a range of any length needs few reads and no more memory than this. */
const READ_BYTES = 16 * SEALED_CHUNK_BYTES;

/**
 * Encrypts a message as Cobblestone-256 (c2sp.org/chunked-encryption): salt, commitment, chunks of 16 KiB with their
 * tags, the last one short. Holds one chunk in memory. For `pipeline(source, (bytes) => encrypt(bytes, ...), target)`.
 * @param key 32 uniformly random bytes
 * @param context what the ciphertext belongs to; it can only be decrypted with the same
 * @returns exactly `ciphertextSize(plaintext bytes)` bytes
 */
export function encrypt(plaintext: Bytes, key: Uint8Array, context: Uint8Array): AsyncGenerator<Buffer, void> {
  return encryptWithSalt(plaintext, key, context, randomBytes(SALT_BYTES));
}

/** `encrypt` with a salt of the caller's, for test vectors: a salt that is used twice with a key betrays both messages. */
export async function* encryptWithSalt(
  plaintext: Bytes,
  key: Uint8Array,
  context: Uint8Array,
  salt: Uint8Array,
): AsyncGenerator<Buffer, void> {
  const secrets = deriveMessageSecrets(key, salt, context);
  yield Buffer.concat([salt, secrets.commitment]);
  let chunk = 0;
  let short: Uint8Array = Buffer.alloc(0);
  for await (const block of inBlocks(plaintext, CHUNK_BYTES)) {
    if (block.length === CHUNK_BYTES) yield sealChunk(secrets, chunk++, block);
    else short = block;
  }
  yield sealChunk(secrets, chunk, short);
}

/** A ciphertext whose key, context and length have been verified. */
export interface OpenedMessage {
  readonly plaintextBytes: number;
  /**
   * Yields the plaintext from `start` up to, not including, `end`, each chunk verified before any of it is given out,
   * in constant memory.
   * @throws RangeError when the range is not within the plaintext
   * @throws ChunkAlteredError, CiphertextTruncatedError while iterating, naming the chunk
   */
  range(start: number, end: number): AsyncGenerator<Buffer, void>;
}

/**
 * Checks the commitment, then decrypts the last chunk: only so is the length known to be true, and with it every answer
 * that depends on it ("Implementation notes": a check that must be performed for offsets relative to the end).
 * @param ciphertextBytes size of the whole ciphertext
 * @throws WrongKeyOrContextError, CiphertextTruncatedError, ChunkAlteredError
 */
export async function openMessage(
  read: ReadRange,
  ciphertextBytes: number,
  key: Uint8Array,
  context: Uint8Array,
): Promise<OpenedMessage> {
  const { plaintextBytes, lastChunk } = messageShape(ciphertextBytes);
  const secrets = openHeader(await collect(read, 0, HEADER_BYTES), key, context);
  const sealedLast = await collect(read, chunkOffset(lastChunk), ciphertextBytes);
  if (sealedLast.length !== ciphertextBytes - chunkOffset(lastChunk)) throw new CiphertextTruncatedError(lastChunk);
  openChunk(secrets, lastChunk, sealedLast);
  return {
    plaintextBytes,
    range(start, end) {
      if (!(start >= 0 && start <= end && end <= plaintextBytes)) {
        throw new RangeError(`${start}-${end} is not within ${plaintextBytes} bytes`);
      }
      return decryptChunks(read, ciphertextBytes, secrets, start, end);
    },
  };
}

/**
 * The plaintext from `start` up to, not including, `end`: `openMessage` and `range` in one.
 * @throws what both throw, while iterating
 */
export async function* decryptRange(
  readAt: ReadAt,
  ciphertextBytes: number,
  key: Uint8Array,
  context: Uint8Array,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void> {
  const message = await openMessage(rangesOf(readAt), ciphertextBytes, key, context);
  yield* message.range(start, end);
}

/**
 * The whole plaintext, by reading the ciphertext once from its beginning. Each chunk is verified, but that it is whole is known
 * only when this has ended: what may not be taken back has to wait for that.
 * @param ciphertextBytes size that it must have
 * @throws WrongKeyOrContextError, CiphertextTruncatedError, ChunkAlteredError, while iterating
 */
export async function* decryptWhole(
  ciphertext: Bytes,
  ciphertextBytes: number,
  key: Uint8Array,
  context: Uint8Array,
): AsyncGenerator<Buffer, void> {
  const { lastChunk } = messageShape(ciphertextBytes);
  let secrets: MessageSecrets | null = null;
  let chunk = 0;
  for await (const block of inBlocks(ciphertext, SEALED_CHUNK_BYTES, HEADER_BYTES)) {
    if (secrets === null) {
      secrets = openHeader(block, key, context);
      continue;
    }
    const sealedBytes = Math.min(chunkOffset(chunk + 1), ciphertextBytes) - chunkOffset(chunk);
    if (block.length !== sealedBytes) throw new CiphertextTruncatedError(chunk);
    yield openChunk(secrets, chunk++, block);
  }
  if (chunk <= lastChunk) throw new CiphertextTruncatedError(chunk);
}

/** Makes ranges of a source that is read piece by piece, such as a file handle. */
export function rangesOf(readAt: ReadAt): ReadRange {
  return async function* (start, end) {
    for (let position = start; position < end;) {
      const bytes = await readAt(position, Math.min(READ_BYTES, end - position));
      if (bytes.length === 0) return;
      yield bytes;
      position += bytes.length;
    }
  };
}

async function* decryptChunks(
  read: ReadRange,
  ciphertextBytes: number,
  secrets: MessageSecrets,
  start: number,
  end: number,
): AsyncGenerator<Buffer, void> {
  if (start === end) return;
  const first = Math.floor(start / CHUNK_BYTES);
  const last = Math.floor((end - 1) / CHUNK_BYTES);
  const sealedEnd = Math.min(chunkOffset(last + 1), ciphertextBytes);
  let chunk = first;
  for await (const sealed of inBlocks(await read(chunkOffset(first), sealedEnd), SEALED_CHUNK_BYTES)) {
    if (sealed.length !== Math.min(chunkOffset(chunk + 1), ciphertextBytes) - chunkOffset(chunk)) break;
    const plaintext = openChunk(secrets, chunk, sealed);
    const offset = chunk * CHUNK_BYTES;
    yield plaintext.subarray(Math.max(0, start - offset), Math.min(CHUNK_BYTES, end - offset));
    chunk++;
  }
  if (chunk <= last) throw new CiphertextTruncatedError(chunk);
}

/** Cuts a stream into blocks of `size`, the first one of `first`; the last one is shorter, unless nothing is left for it. */
async function* inBlocks(source: Bytes, size: number, first = size): AsyncGenerator<Uint8Array, void> {
  const rest = Buffer.alloc(size);
  let filled = 0;
  let wanted = first;
  for await (const bytes of source) {
    let used = 0;
    if (filled > 0) {
      used = Math.min(wanted - filled, bytes.length);
      rest.set(bytes.subarray(0, used), filled);
      filled += used;
      if (filled < wanted) continue;
      yield rest.subarray(0, wanted);
      filled = 0;
      wanted = size;
    }
    while (bytes.length - used >= wanted) {
      yield bytes.subarray(used, used + wanted);
      used += wanted;
      wanted = size;
    }
    rest.set(bytes.subarray(used), 0);
    filled = bytes.length - used;
  }
  if (filled > 0) yield rest.subarray(0, filled);
}

async function collect(read: ReadRange, start: number, end: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await read(start, end)) parts.push(part);
  return Buffer.concat(parts);
}
