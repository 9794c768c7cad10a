import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import {
  ChunkAlteredError,
  CiphertextTruncatedError,
  MessageTooLongError,
  WrongKeyOrContextError,
} from './encryption.errors.ts';

/*
 * Cobblestone-256: the c2sp.org/chunked-encryption scheme with SHA-512 and AES-256-GCM. This file knows single chunks;
 * `chunked.ts` makes streams and ranges of them.
 */

export const KEY_BYTES = 32;
export const SALT_BYTES = 24;
export const COMMITMENT_BYTES = 32;
export const HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES;
export const CHUNK_BYTES = 16 * 1024;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
/** "Message chunking": a message must not exceed this many chunks. */
export const MAX_CHUNKS = 2 ** 38;

const NONCE_BYTES = 12;
const DERIVED_BYTES = KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES;
const INFO_PREFIX = Buffer.from('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0', 'ascii');

/** What one message is encrypted with. */
export interface MessageSecrets {
  key: KeyObject;
  baseNonce: Buffer;
  commitment: Buffer;
}

/**
 * "Key derivation": `key || base nonce || commitment = HKDF-Expand(input key, prefix || aead || 0x00 || salt || context)`.
 * HKDF-Expand is RFC 5869, 2.3; there is no Extract step, because the input key is uniformly random already.
 * @param inputKey 32 uniformly random bytes
 * @param salt 24 bytes that are never used twice with the same key
 */
export function deriveMessageSecrets(inputKey: Uint8Array, salt: Uint8Array, context: Uint8Array): MessageSecrets {
  if (inputKey.length !== KEY_BYTES) throw new RangeError(`the key must have ${KEY_BYTES} bytes`);
  if (salt.length !== SALT_BYTES) throw new RangeError(`the salt must have ${SALT_BYTES} bytes`);
  const derived = expand(inputKey, Buffer.concat([INFO_PREFIX, salt, context]), DERIVED_BYTES);
  return {
    key: createSecretKey(derived.subarray(0, KEY_BYTES)),
    baseNonce: derived.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: derived.subarray(KEY_BYTES + NONCE_BYTES),
  };
}

function expand(key: Uint8Array, info: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  let previous = Buffer.alloc(0);
  for (let counter = 1; blocks.length * 64 < length; counter++) {
    previous = createHmac('sha512', key).update(previous).update(info).update(Uint8Array.of(counter)).digest();
    blocks.push(previous);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/**
 * "AEAD usage": the base nonce, its last 5 bytes XOR the chunk's number in big-endian.
 * @throws MessageTooLongError from chunk 2^38 on
 */
export function chunkNonce(baseNonce: Buffer, chunk: number): Buffer {
  if (chunk >= MAX_CHUNKS) throw new MessageTooLongError(`a message has at most ${MAX_CHUNKS} chunks`);
  const nonce = Buffer.from(baseNonce);
  nonce.writeUInt8(nonce.readUInt8(7) ^ Math.floor(chunk / 2 ** 32), 7);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ chunk) >>> 0, 8);
  return nonce;
}

/** @returns ciphertext and tag, `plaintext.length + 16` bytes */
export function sealChunk({ key, baseNonce }: MessageSecrets, chunk: number, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, chunkNonce(baseNonce, chunk));
  const sealed = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

/** @throws ChunkAlteredError */
export function openChunk({ key, baseNonce }: MessageSecrets, chunk: number, sealed: Uint8Array): Buffer {
  const bodyBytes = sealed.length - TAG_BYTES;
  const last = sealed.length < SEALED_CHUNK_BYTES;
  if (bodyBytes < 0) throw new CiphertextTruncatedError(chunk);
  const decipher = createDecipheriv('aes-256-gcm', key, chunkNonce(baseNonce, chunk), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(bodyBytes));
  const plaintext = decipher.update(sealed.subarray(0, bodyBytes));
  try {
    decipher.final();
  } catch {
    throw new ChunkAlteredError(chunk, last);
  }
  return plaintext;
}

/**
 * "All decryption implementations must check the commitment before decrypting any chunk."
 * @param header the first 56 bytes
 * @throws WrongKeyOrContextError
 */
export function openHeader(header: Uint8Array, inputKey: Uint8Array, context: Uint8Array): MessageSecrets {
  if (header.length !== HEADER_BYTES) throw new CiphertextTruncatedError(null);
  const secrets = deriveMessageSecrets(inputKey, header.subarray(0, SALT_BYTES), context);
  if (!timingSafeEqual(secrets.commitment, header.subarray(SALT_BYTES))) throw new WrongKeyOrContextError();
  return secrets;
}

/** Bytes of the message with `plaintextBytes` once it is encrypted. The last chunk is always short, if need be empty. */
export function ciphertextSize(plaintextBytes: number): number {
  return HEADER_BYTES + plaintextBytes + TAG_BYTES * (Math.floor(plaintextBytes / CHUNK_BYTES) + 1);
}

/** Where a ciphertext's last chunk is, as its size alone claims. */
export interface MessageShape {
  plaintextBytes: number;
  lastChunk: number;
}

/**
 * "Implementation notes": what a ciphertext of this size holds, provided that its last chunk is authentic.
 * @throws CiphertextTruncatedError for a size that no message has
 */
export function messageShape(ciphertextBytes: number): MessageShape {
  const body = ciphertextBytes - HEADER_BYTES;
  if (body < 0) throw new CiphertextTruncatedError(null);
  const lastChunk = Math.floor(body / SEALED_CHUNK_BYTES);
  const rest = body - lastChunk * SEALED_CHUNK_BYTES;
  if (rest < TAG_BYTES) throw new CiphertextTruncatedError(lastChunk);
  if (lastChunk >= MAX_CHUNKS) throw new MessageTooLongError(`a message has at most ${MAX_CHUNKS} chunks`);
  return { plaintextBytes: lastChunk * CHUNK_BYTES + rest - TAG_BYTES, lastChunk };
}

/**
 * Bytes of plaintext in a ciphertext of this size, if it is authentic.
 * @throws CiphertextTruncatedError for a size that no message has
 */
export function plaintextSize(ciphertextBytes: number): number {
  return messageShape(ciphertextBytes).plaintextBytes;
}

/** Offset of a chunk in the ciphertext. */
export function chunkOffset(chunk: number): number {
  return HEADER_BYTES + chunk * SEALED_CHUNK_BYTES;
}
