import { createHash, createHmac, randomBytes } from 'node:crypto';
import { access, link, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * The master key as a file: one line, `denwaban-master-key-v1 <64 hex digits> <key id>`. The key id tells a damaged key
 * from a foreign one. Needs nothing but Node, so that the starter can create the key before anything is compiled.
 */

export const MASTER_KEY_BYTES = 32;
export const PREVIOUS_PREFIX = 'master-key.previous-';
const FORMAT = 'denwaban-master-key-v1';
const KEY_ID_LABEL = 'denwaban/key-id/v1';

/**
 * Names a key without telling anything about it: the first 8 bytes of SHA-256 over HMAC-SHA-256(key, label), in hex.
 * @param key 32 bytes
 */
export function keyId(key: Uint8Array): string {
  const derived = createHmac('sha256', key).update(KEY_ID_LABEL).digest();
  return createHash('sha256').update(derived).digest().toString('hex', 0, 8);
}

export function formatMasterKey(key: Uint8Array): string {
  return `${FORMAT} ${Buffer.from(key).toString('hex')} ${keyId(key)}\n`;
}

/** @returns null when the text is no undamaged master key */
export function parseMasterKey(text: string): Buffer | null {
  const match = /^denwaban-master-key-v1 ([0-9a-f]{64}) ([0-9a-f]{16})\s*$/.exec(text);
  if (!match) return null;
  const key = Buffer.from(match[1] ?? '', 'hex');
  return keyId(key) === match[2] ? key : null;
}

/**
 * Creates the master key of a new box: `<secretsDir>/master-key`, readable by its owner only, durable once this resolves.
 * Never replaces one that is there, also when several do this at once.
 * @returns whether it was made now: then a recovery kit has to be printed
 */
export function ensureMasterKey(secretsDir: string): Promise<boolean> {
  return createKeyFile(secretsDir, 'master-key');
}

/**
 * First step of a rotation: `<secretsDir>/master-key.next`. From the next start on it wraps everything new, and both open.
 * @returns false when a rotation is already under way
 */
export function stageNextMasterKey(secretsDir: string): Promise<boolean> {
  return createKeyFile(secretsDir, 'master-key.next');
}

/**
 * Last step of a rotation, only after `rewrapClassKeys` left nothing under the old key: the next key becomes the master
 * key in one rename. The old one stays as `master-key.previous-<key id>` for what older backups hold, until it is removed.
 */
export async function promoteNextMasterKey(secretsDir: string): Promise<void> {
  const next = join(secretsDir, 'master-key.next');
  await access(next); // Missing: fails before anything has changed.
  await keepAsPrevious(secretsDir);
  await rename(next, join(secretsDir, 'master-key'));
  await syncDirectory(secretsDir);
}

/** Puts back a key from a recovery kit as the master key. One that is there stays as a previous one and still opens. */
export async function restoreMasterKey(secretsDir: string, key: Uint8Array): Promise<void> {
  const draft = await writeDraft(secretsDir, key);
  await keepAsPrevious(secretsDir);
  await rename(draft, join(secretsDir, 'master-key'));
  await syncDirectory(secretsDir);
}

async function keepAsPrevious(secretsDir: string): Promise<void> {
  const current = join(secretsDir, 'master-key');
  const text = await readFile(current, 'utf8').catch(unless('ENOENT'));
  if (text === undefined) return;
  const key = parseMasterKey(text);
  const name = key ? keyId(key) : `damaged-${randomBytes(6).toString('hex')}`;
  await link(current, join(secretsDir, `${PREVIOUS_PREFIX}${name}`)).catch(unless('EEXIST'));
}

async function createKeyFile(secretsDir: string, name: string): Promise<boolean> {
  const draft = await writeDraft(secretsDir, randomBytes(MASTER_KEY_BYTES));
  const failure = await link(draft, join(secretsDir, name)).catch((error: unknown) => error);
  await unlink(draft);
  if ((failure as NodeJS.ErrnoException | undefined)?.code === 'EEXIST') return false;
  if (failure) throw failure as Error;
  await syncDirectory(secretsDir);
  return true;
}

async function writeDraft(secretsDir: string, key: Uint8Array): Promise<string> {
  const draft = join(secretsDir, `.master-key.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(formatMasterKey(key));
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

function unless(code: string) {
  return (error: unknown): undefined => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  };
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
