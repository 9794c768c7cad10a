import { existsSync } from 'node:fs';
import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MasterKeyIsCredentialError } from './key.errors.ts';
import { rewrapClassKey } from './key-ring.ts';
import type { SecretKey } from './keys.ts';
import { loadMasterKey, type MasterKeyPlaces, type MasterKeys } from './master-key.ts';
import * as masterKeyFiles from './master-key-file.ts';

/** The files' side of a rotation. */
export type RotationFiles = Pick<typeof masterKeyFiles, 'stageNextMasterKey' | 'promoteNextMasterKey'>;

/** The rows' side: see `RecordingKeyRepository`. */
export interface RotationRows {
  rewrapClassKeys(rewrap: (name: string, wrapped: Buffer) => Buffer, from: string, to: string): Promise<number>;
  classKeys(): Promise<{ name: string; wrapped: Buffer }[]>;
}

export interface Rotation {
  /** Ids of the key before and of the one now in force. */
  from: string;
  to: string;
  /** Class keys that changed hands in this run. */
  rewrapped: number;
}

/**
 * Makes a new master key and puts every class key under it, while the box runs: every process reads the keys each time it needs
 * them, and from the first step to the last both are there. Stopped anywhere, nothing is lost, and run again it goes on with
 * the key it had begun. The old key is kept as `master-key.previous-*` for what older backups hold.
 * @throws MasterKeyIsCredentialError where systemd holds the key; MasterKeyUnusableError, MasterKeyUnknownError,
 *   WrappedKeyAlteredError: the old key stays in force then
 */
export async function rotateMasterKey(
  places: MasterKeyPlaces,
  rows: RotationRows,
  files: RotationFiles = masterKeyFiles,
): Promise<Rotation> {
  const { credentialsDirectory, secretsDir } = places;
  if (credentialsDirectory && existsSync(join(credentialsDirectory, 'denwaban-master-key'))) {
    throw new MasterKeyIsCredentialError();
  }
  const from = (await loadMasterKey(places)).current.id;
  await files.stageNextMasterKey(secretsDir);
  await giveToOwner(secretsDir);
  const masters = await loadMasterKey(places);
  const to = masters.wrapping;
  const rewrap = (name: string, wrapped: Buffer) => rewrapClassKey(name, wrapped, masters);
  let rewrapped = await rows.rewrapClassKeys(rewrap, from, to.id);
  await verify(rows, to);
  await files.promoteNextMasterKey(secretsDir);
  await giveToOwner(secretsDir);
  // Who had read the keys before the new one was there may have made a class key since.
  rewrapped += await rows.rewrapClassKeys(rewrap, from, to.id);
  return { from, to: to.id, rewrapped };
}

/** The new key alone has to open everything before it takes the old one's place. */
async function verify(rows: RotationRows, to: SecretKey): Promise<void> {
  const alone: MasterKeys = { current: to, wrapping: to, all: new Map([[to.id, to]]) };
  for (const { name, wrapped } of await rows.classKeys()) rewrapClassKey(name, wrapped, alone);
}

/** Under systemd the box reads the keys as a user of its own, and root rotates them. */
async function giveToOwner(secretsDir: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(secretsDir);
  const names = await readdir(secretsDir);
  for (const name of names.filter((it) => it.startsWith('master-key'))) await chown(join(secretsDir, name), uid, gid);
}
