import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Buffer } from './buffer.ts';

/*
 * The part of `node:crypto` that verifying needs, for browsers: see `buffer.ts`. Not WebCrypto, because that hashes only
 * what is in memory as a whole, and because browsers on office PCs are often older than its Ed25519.
 */

class Hash {
  constructor(private readonly hash: { update(data: Uint8Array): unknown; digest(): Uint8Array }) {}

  update(data: Uint8Array | string): this {
    this.hash.update(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    return this;
  }

  digest(): Buffer;
  digest(encoding: 'hex'): string;
  digest(encoding?: 'hex'): Buffer | string {
    const bytes = Buffer.from(this.hash.digest());
    return encoding ? bytes.toString(encoding) : bytes;
  }
}

/** SHA-256, whatever is asked for: nothing else is used. */
export const createHash = (_algorithm: 'sha256') => new Hash(sha256.create());
export const createHmac = (_algorithm: 'sha256', key: Uint8Array) => new Hash(hmac.create(sha256, key));

/** Bytes of a SubjectPublicKeyInfo before those of the Ed25519 key (RFC 8410, 4). */
const SPKI_PREFIX_BYTES = 12;

export const createPublicKey = ({ key }: { key: Uint8Array }) => key.subarray(SPKI_PREFIX_BYTES);

/** Ed25519 as RFC 8032, 5.1.7, has it, without the leniency of ZIP 215. */
export function verify(_algorithm: null, message: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function notHere(): never {
  throw new Error('a verifier has no private key');
}
export { notHere as createPrivateKey, notHere as sign };
