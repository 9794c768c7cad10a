import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Bytes before the key in `<name>+<id>+base64(type || key)` (c2sp.org/signed-note). */
const TYPE_BYTES = 1;

/** @param verifierKey of the log @returns SHA-256 of the public key in groups of four, as evidence packages show it */
export function fingerprintOf(verifierKey: string): string {
  const typed = atob(verifierKey.split('+').slice(2).join('+'));
  const key = Uint8Array.from(typed.slice(TYPE_BYTES), (character) => character.charCodeAt(0));
  return (bytesToHex(sha256(key)).toUpperCase().match(/.{4}/g) ?? []).join(' ');
}
