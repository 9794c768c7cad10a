import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { KeyFormatUnknownError, WrappedKeyAlteredError } from './key.errors.ts';
import { keyId } from './master-key-file.ts';

/*
 *   master key  ──wraps──►  class key, e.g. standard/2026-11  ──wraps──►  recording key  ──encrypts──►  the audio
 *
 * The master key is never in the database, the two others never unwrapped in it. A wrapped key is 69 bytes:
 *
 *   0      format version, 1
 *   1-8    id of the key that wraps it
 *   9-20   nonce
 *   21-52  the key, AES-256-GCM
 *   53-68  tag, also over bytes 0-8 and the binding: which key this is
 */

const FORMAT_VERSION = 1;
const KEY_BYTES = 32;
const HEAD_BYTES = 9;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = HEAD_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const BINDING_LABEL = 'denwaban/wrapped-key/v1\0';

/** 256 bits that must not be seen: prints, serialises and logs as its id. */
export class SecretKey {
  readonly id: string;
  readonly #bytes: Buffer;

  /** @param bytes 32 uniformly random bytes; copied */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
    this.#bytes = Buffer.from(bytes);
    this.id = keyId(bytes);
  }

  static random(): SecretKey {
    return new SecretKey(randomBytes(KEY_BYTES));
  }

  /** For ciphers. Do not keep. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  toJSON(): string {
    return this.toString();
  }

  toString(): string {
    return `[key ${this.id}]`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What a wrapped key is: the same bytes in another one's place do not open. */
export type KeyBinding = `recording-key:${string}` | `class-key:${string}`;

/**
 * @param by random nonces limit it to 2^32 wraps (SP 800-38D, 8.3): far more than a class has recordings in a month
 * @returns 69 bytes, fit for a database
 */
export function wrapKey(key: SecretKey, by: SecretKey, binding: KeyBinding): Buffer {
  const head = Buffer.concat([Uint8Array.of(FORMAT_VERSION), Buffer.from(by.id, 'hex')]);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', by.bytes, nonce).setAAD(authenticated(head, binding));
  const sealed = Buffer.concat([cipher.update(key.bytes), cipher.final()]);
  return Buffer.concat([head, nonce, sealed, cipher.getAuthTag()]);
}

/**
 * @param by the key whose id is `wrappingKeyId(wrapped)`
 * @throws KeyFormatUnknownError
 * @throws WrappedKeyAlteredError when it was altered, belongs elsewhere or was wrapped by another key
 */
export function unwrapKey(wrapped: Uint8Array, by: SecretKey, binding: KeyBinding): SecretKey {
  if (wrappingKeyId(wrapped, binding) !== by.id) throw new WrappedKeyAlteredError(binding);
  const head = wrapped.subarray(0, HEAD_BYTES);
  const nonce = wrapped.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const sealed = wrapped.subarray(HEAD_BYTES + NONCE_BYTES, WRAPPED_BYTES - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', by.bytes, nonce, { authTagLength: TAG_BYTES })
    .setAAD(authenticated(head, binding))
    .setAuthTag(wrapped.subarray(WRAPPED_BYTES - TAG_BYTES));
  try {
    return new SecretKey(Buffer.concat([decipher.update(sealed), decipher.final()]));
  } catch {
    throw new WrappedKeyAlteredError(binding);
  }
}

/**
 * @returns id of the key that opens it, 16 hex digits
 * @throws KeyFormatUnknownError, WrappedKeyAlteredError
 */
export function wrappingKeyId(wrapped: Uint8Array, binding: KeyBinding): string {
  const version = wrapped[0];
  if (version === undefined) throw new WrappedKeyAlteredError(binding);
  if (version !== FORMAT_VERSION) throw new KeyFormatUnknownError(version);
  if (wrapped.length !== WRAPPED_BYTES) throw new WrappedKeyAlteredError(binding);
  return Buffer.from(wrapped.subarray(1, HEAD_BYTES)).toString('hex');
}

function authenticated(head: Uint8Array, binding: KeyBinding): Buffer {
  return Buffer.concat([Buffer.from(BINDING_LABEL), head, Buffer.from(binding)]);
}

/**
 * The context of `encrypt` for the audio of a recording: its file does not open in another one's place. Its `v1` stands
 * for the format of the file, which as a pure Cobblestone-256 message has no room for a version.
 */
export function recordingContext(recordingId: string): Buffer {
  return Buffer.from(`denwaban/recording/v1/${recordingId}`);
}

const JAPAN_STANDARD_TIME_MS = 9 * 60 * 60 * 1000;

/**
 * Retention class and month, e.g. `standard/2026-11`: all recordings of one share a class key.
 * @param retentionClass id of the class
 * @param at when the recording began; months are those of Japan
 */
export function classNameOf(retentionClass: string, at: Date): string {
  if (!/^[a-z0-9-]{1,40}$/.test(retentionClass)) throw new RangeError(`no retention class: ${retentionClass}`);
  const japan = new Date(at.getTime() + JAPAN_STANDARD_TIME_MS);
  return `${retentionClass}/${japan.getUTCFullYear()}-${String(japan.getUTCMonth() + 1).padStart(2, '0')}`;
}
