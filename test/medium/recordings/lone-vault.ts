import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskRecordingStore } from '../../../backend/src/recordings/vault/disk-recording-store.ts';
import { MemoryKeyStore } from '../../../backend/src/recordings/encryption/key-store.fixture.ts';
import { ensureMasterKey } from '../../../backend/src/recordings/encryption/master-key-file.ts';
import { RecordingKeys } from '../../../backend/src/recordings/encryption/recording-keys.service.ts';
import { Vault } from '../../../backend/src/recordings/vault/vault.ts';

/** A vault on a disk of its own, with its keys in memory: what there is to measure, without a database. */
export interface LoneVault {
  vault: Vault;
  directory: string;
  remove: () => Promise<void>;
}

export async function loneVault(): Promise<LoneVault> {
  const directory = await mkdtemp(join(tmpdir(), 'denwaban-vault-'));
  const secretsDir = join(directory, 'secrets');
  await mkdir(secretsDir);
  await ensureMasterKey(secretsDir);
  const keys = new RecordingKeys({ credentialsDirectory: undefined, secretsDir }, new MemoryKeyStore());
  const store = new DiskRecordingStore(join(directory, 'vault'), join(directory, 'vault.id'));
  return { vault: new Vault(store, keys), directory, remove: () => rm(directory, { recursive: true }) };
}

/** What two hours of telephone speech take as FLAC: about half of 8 kHz, 16 bit, two sides. */
export const TWO_HOURS_BYTES = 7200 * 16_000;

/** @returns a file of that many bytes which do not repeat */
export async function audioFile(directory: string, sizeBytes: number): Promise<string> {
  const path = join(directory, `${sizeBytes}.flac`);
  const file = await open(path, 'w');
  for (let left = sizeBytes; left > 0; left -= 1_000_000) await file.write(randomBytes(Math.min(left, 1_000_000)));
  await file.close();
  return path;
}
