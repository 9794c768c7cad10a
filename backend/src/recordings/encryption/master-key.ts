import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MasterKeyUnusableError } from './key.errors.ts';
import { SecretKey } from './keys.ts';
import { parseMasterKey, PREVIOUS_PREFIX } from './master-key-file.ts';

export interface MasterKeys {
  /** In force until a rotation ends. */
  current: SecretKey;
  /** Wraps new class keys: the next master key while a rotation is under way, otherwise the master key. */
  wrapping: SecretKey;
  /** By id. Everything at hand that may open a class key. */
  all: ReadonlyMap<string, SecretKey>;
}

/** Where master keys may be. */
export interface MasterKeyPlaces {
  /** `CREDENTIALS_DIRECTORY` as systemd sets it (systemd.exec, "Credentials"), if it does. */
  credentialsDirectory: string | undefined;
  /** `<home>/secrets`. */
  secretsDir: string;
}

/**
 * Reads the master key: systemd's credential `denwaban-master-key`, or else the file `secrets/master-key`. With it come
 * the next one of a rotation under way (`-next`, `.next`) and those that only open (`secrets/master-key.previous-*`,
 * and the file when a credential has taken its place).
 * @throws MasterKeyUnusableError
 */
export async function loadMasterKey({ credentialsDirectory, secretsDir }: MasterKeyPlaces): Promise<MasterKeys> {
  const fromFile = async (name: string) => readKey(join(secretsDir, name), 'owner-only');
  const fromCredential = async (name: string) =>
    credentialsDirectory === undefined ? null : readKey(join(credentialsDirectory, name), 'guarded-by-systemd');
  const credential = await fromCredential('denwaban-master-key');
  const file = await fromFile('master-key');
  const current = credential ?? file;
  if (!current) throw new MasterKeyUnusableError(join(secretsDir, 'master-key'), 'missing');
  const nextCredential = await fromCredential('denwaban-master-key-next');
  const nextFile = await fromFile('master-key.next');
  const next = credential ? nextCredential : nextFile;
  const previous = await Promise.all((await previousFiles(secretsDir)).map(fromFile));
  const known = [current, file, nextCredential, nextFile, ...previous].filter((key) => key !== null);
  return { current, wrapping: next ?? current, all: new Map(known.map((key) => [key.id, key])) };
}

async function previousFiles(secretsDir: string): Promise<string[]> {
  const names = await readdir(secretsDir);
  return names.filter((name) => name.startsWith(PREVIOUS_PREFIX) && !name.includes('damaged')).sort();
}

async function readKey(path: string, access: 'owner-only' | 'guarded-by-systemd'): Promise<SecretKey | null> {
  const file = await open(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  try {
    const { mode } = await file.stat();
    if (access === 'owner-only' && (mode & 0o077) !== 0) throw new MasterKeyUnusableError(path, 'readable-by-others');
    const key = parseMasterKey(await file.readFile('utf8'));
    if (!key) throw new MasterKeyUnusableError(path, 'damaged');
    return new SecretKey(key);
  } finally {
    await file.close();
  }
}
