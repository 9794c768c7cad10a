import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/*
 * Signed notes, c2sp.org/signed-note: a text, an empty line, and signature lines
 *
 *   — <key name> base64(32-bit key ID || signature)
 *
 * with Ed25519 (signature type 0x01). Other types plug in as `NoteVerifier`.
 */

const SIGNATURE_PREFIX = '— ';
const ED25519 = 0x01;
const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
/** "Verifiers SHOULD apply a maximum limit, but MUST accept at least up to 16." */
const MOST_SIGNATURES = 64;
/** SubjectPublicKeyInfo and PKCS #8 of Ed25519 up to the key itself (RFC 8410, 4 and 7). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Not a note, or not one that our rules allow. */
export class MalformedNoteError extends Error {
  override readonly name = 'MalformedNoteError';
}

/** The signature of a known key does not fit the text, or no known key has signed at all. */
export class UnverifiedNoteError extends Error {
  override readonly name = 'UnverifiedNoteError';
  constructor(
    readonly problem: 'invalid-signature' | 'no-known-signature',
    readonly keyName: string | null,
  ) {
    super(keyName === null ? problem : `${problem}: ${keyName}`);
  }
}

export interface NoteSignature {
  keyName: string;
  /** 8 hex digits. */
  keyId: string;
  /** Without the key id. */
  signature: Buffer;
}

export interface Note {
  /** With its final newline, as it is signed. */
  text: string;
  signatures: NoteSignature[];
}

export interface NoteSigner {
  keyName: string;
  keyId: string;
  sign(text: string): Buffer;
}

export interface NoteVerifier {
  keyName: string;
  keyId: string;
  verify(text: string, signature: Buffer): boolean;
}

/**
 * "Signatures": SHA-256(key name || 0x0A || signature type || public key), first four bytes.
 * @returns 8 hex digits
 */
export function noteKeyId(keyName: string, signatureType: number, publicKey: Uint8Array): string {
  return createHash('sha256')
    .update(`${keyName}\n`)
    .update(Uint8Array.of(signatureType))
    .update(publicKey)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
}

/**
 * @param keyName should be a URL without scheme, e.g. `denwaban.example.lg.jp/honcho`
 * @param seed the 32-byte private key of RFC 8032, 5.1.5
 * @throws MalformedNoteError for a name with spaces or a plus sign
 */
export function ed25519Signer(keyName: string, seed: Uint8Array): NoteSigner & { verifierKey: string } {
  checkKeyName(keyName);
  const { key, publicKey } = ed25519KeyPair(seed);
  return {
    keyName,
    keyId: noteKeyId(keyName, ED25519, publicKey),
    verifierKey: formatVerifierKey(keyName, ED25519, publicKey),
    sign: (text) => sign(null, Buffer.from(text), key),
  };
}

/** "Verifier keys": `<key name>+hex(key id)+base64(signature type || public key)`. */
export function formatVerifierKey(keyName: string, signatureType: number, publicKey: Uint8Array): string {
  const typed = Buffer.concat([Uint8Array.of(signatureType), publicKey]);
  return `${keyName}+${noteKeyId(keyName, signatureType, publicKey)}+${typed.toString('base64')}`;
}

export interface VerifierKey {
  keyName: string;
  keyId: string;
  signatureType: number;
  publicKey: Buffer;
}

/** @throws MalformedNoteError also when the key id is not that of name, type and key */
export function parseVerifierKey(text: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text);
  const [, keyName = '', keyId = '', typed = ''] = match ?? [];
  const bytes = match && decodeBase64(typed);
  if (!bytes || bytes.length < 2) throw new MalformedNoteError('not a verifier key');
  checkKeyName(keyName);
  const [signatureType, publicKey] = [bytes.readUInt8(0), bytes.subarray(1)];
  if (noteKeyId(keyName, signatureType, publicKey) !== keyId) throw new MalformedNoteError('the key id does not fit');
  return { keyName, keyId, signatureType, publicKey };
}

/** @throws MalformedNoteError for a key that is not Ed25519 */
export function ed25519Verifier(verifierKey: string): NoteVerifier {
  const { keyName, keyId, signatureType, publicKey } = parseVerifierKey(verifierKey);
  if (signatureType !== ED25519) throw new MalformedNoteError('not an Ed25519 key');
  const key = ed25519PublicKey(publicKey);
  return { keyName, keyId, verify: (text, signature) => verify(null, Buffer.from(text), key, signature) };
}

/** @param seed the 32-byte private key of RFC 8032, 5.1.5 */
export function ed25519KeyPair(seed: Uint8Array): { key: KeyObject; publicKey: Buffer } {
  if (seed.length !== SEED_BYTES) throw new RangeError(`an Ed25519 private key has ${SEED_BYTES} bytes`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { key, publicKey: spki.subarray(SPKI_PREFIX.length) };
}

/** @param raw the 32 bytes of RFC 8032, 5.1.2 */
export function ed25519PublicKey(raw: Uint8Array): KeyObject {
  if (raw.length !== PUBLIC_KEY_BYTES) throw new MalformedNoteError('an Ed25519 public key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** @throws MalformedNoteError when no note can say this text */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  checkText(text);
  return `${text}\n${signers.map((signer) => signatureLine(signer, signer.sign(text))).join('')}`;
}

/** Adds a signature, such as a witness's, to a note that is already signed. */
export function addSignature(note: string, signer: NoteSigner): string {
  return note + signatureLine(signer, signer.sign(parseNote(note).text));
}

/** `— <key name> base64(key id || signature)`, with its newline. */
export function signatureLine({ keyName, keyId }: Pick<NoteSigner, 'keyName' | 'keyId'>, signature: Buffer): string {
  const identified = Buffer.concat([Buffer.from(keyId, 'hex'), signature]);
  return `${SIGNATURE_PREFIX}${keyName} ${identified.toString('base64')}\n`;
}

/**
 * Takes a note apart without believing it. "The text is separated from the signatures by the last empty line."
 * @throws MalformedNoteError
 */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw new MalformedNoteError('there is no empty line before signatures');
  const text = note.slice(0, end + 1);
  checkText(text);
  const lines = note.slice(end + 2);
  if (lines === '' || !lines.endsWith('\n')) throw new MalformedNoteError('there are no whole signature lines');
  const signatures = lines.slice(0, -1).split('\n');
  if (signatures.length > MOST_SIGNATURES) throw new MalformedNoteError('there are too many signatures');
  return { text, signatures: signatures.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [keyName = '', encoded = '', ...rest] = line.slice(SIGNATURE_PREFIX.length).split(' ');
  const bytes = decodeBase64(encoded);
  if (!line.startsWith(SIGNATURE_PREFIX) || rest.length > 0 || !bytes || bytes.length <= KEY_ID_BYTES) {
    throw new MalformedNoteError('not a signature line');
  }
  checkKeyName(keyName);
  return { keyName, keyId: bytes.toString('hex', 0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * The text of a note, once at least one known key vouches for it. Signatures of others are ignored, as they must be.
 * @returns the text and the verifiers that signed it
 * @throws MalformedNoteError, UnverifiedNoteError
 */
export function openNote(note: string, known: readonly NoteVerifier[]): { text: string; signedBy: NoteVerifier[] } {
  const { text, signatures } = parseNote(note);
  const signedBy = new Set<NoteVerifier>();
  for (const { keyName, keyId, signature } of signatures) {
    const verifier = known.find((each) => each.keyName === keyName && each.keyId === keyId);
    if (!verifier) continue;
    if (!verifier.verify(text, signature)) throw new UnverifiedNoteError('invalid-signature', keyName);
    signedBy.add(verifier);
  }
  if (signedBy.size === 0) throw new UnverifiedNoteError('no-known-signature', null);
  return { text, signedBy: [...signedBy] };
}

function checkText(text: string): void {
  if (!text.endsWith('\n')) throw new MalformedNoteError('the text does not end with a newline');

  if (/[\u0000-\u0009\u000b-\u001f]/.test(text) || !text.isWellFormed()) {
    throw new MalformedNoteError('the text has characters that a note must not have');
  }
}

function checkKeyName(keyName: string): void {
  if (keyName === '' || /[\p{White_Space}+\u0000-\u001f]/u.test(keyName))
    throw new MalformedNoteError('not a key name');
}

/** RFC 4648, 4, and nothing more lenient: one value, one text. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
