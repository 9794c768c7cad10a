import { sign, verify } from 'node:crypto';
import {
  ed25519KeyPair,
  ed25519PublicKey,
  formatVerifierKey,
  MalformedNoteError,
  noteKeyId,
  type NoteSigner,
  type NoteVerifier,
  parseVerifierKey,
} from './note.ts';

/*
 * Cosignatures of witnesses, c2sp.org/tlog-cosignature, the Ed25519 kind (signature type 0x04): "as of this time, the
 * largest consistent tree of this log that I have seen is this one". The signature is a 64-bit time and an Ed25519
 * signature. A witness must have verified consistency with what it signed before.
 */

const COSIGNATURE = 0x04;
const TIME_BYTES = 8;

/** "Ed25519 signed message". */
const signedMessage = (text: string, seconds: bigint) => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/**
 * @param seed a key that signs nothing else: the message does not say who the cosigner is
 * @param now seconds since the epoch
 */
export function cosigner(keyName: string, seed: Uint8Array, now: () => number): NoteSigner & { verifierKey: string } {
  const { key, publicKey } = ed25519KeyPair(seed);
  return {
    keyName,
    keyId: noteKeyId(keyName, COSIGNATURE, publicKey),
    verifierKey: formatVerifierKey(keyName, COSIGNATURE, publicKey),
    sign(text) {
      const seconds = BigInt(Math.floor(now()));
      const time = Buffer.alloc(TIME_BYTES);
      time.writeBigUInt64BE(seconds);
      return Buffer.concat([time, sign(null, signedMessage(text, seconds), key)]);
    },
  };
}

/** @throws MalformedNoteError for a key of another kind */
export function cosignatureVerifier(verifierKey: string): NoteVerifier {
  const { keyName, keyId, signatureType, publicKey } = parseVerifierKey(verifierKey);
  if (signatureType !== COSIGNATURE) throw new MalformedNoteError('not a cosigner’s Ed25519 key');
  const key = ed25519PublicKey(publicKey);
  return {
    keyName,
    keyId,
    verify(text, signature) {
      const seconds = cosignedAt(signature);
      return seconds !== null && verify(null, signedMessage(text, seconds), key, signature.subarray(TIME_BYTES));
    },
  };
}

/** @returns seconds since the epoch, null when it is no cosignature */
export function cosignedAt(signature: Buffer): bigint | null {
  if (signature.length <= TIME_BYTES) return null;
  const seconds = signature.readBigUInt64BE();
  return seconds < 2n ** 63n ? seconds : null;
}
