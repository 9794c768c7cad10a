import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMissing } from '../../../platform/file-errors.ts';
import { StoreFailedError, StoreRefusedError } from '../recording-store.ts';

/** What object storage knows the box by. */
export interface S3Key {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Where the key may be: a credential of systemd, or a file among the box's secrets. */
export interface S3KeyPlaces {
  /** `CREDENTIALS_DIRECTORY` as systemd sets it (systemd.exec, "Credentials"), if it does. */
  credentialsDirectory: string | undefined;
  /** `<home>/secrets`. */
  secretsDir: string;
}

/**
 * Reads the credential `denwaban-s3-key`, or else `secrets/s3-key`: the access key id on the first line, the secret on the
 * second. Read each time it is needed, so that a new key counts at once.
 * @throws StoreRefusedError when there is none, or one that others can read
 */
export async function readS3Key({ credentialsDirectory, secretsDir }: S3KeyPlaces): Promise<S3Key> {
  const credential = credentialsDirectory && (await textOf(resolve(credentialsDirectory, 'denwaban-s3-key')));
  const text = credential ?? (await ownersText(resolve(secretsDir, 's3-key')));
  const [accessKeyId = '', secretAccessKey = ''] = (text ?? '').split('\n').map((line) => line.trim());
  if (accessKeyId === '' || secretAccessKey === '') throw new StoreRefusedError('access-key-missing');
  return { accessKeyId, secretAccessKey };
}

async function ownersText(path: string): Promise<string | null> {
  const text = await textOf(path);
  if (text !== null && ((await stat(path)).mode & 0o077) !== 0) throw new StoreRefusedError('access-key-readable');
  return text;
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreFailedError(`${path}: ${String(error)}`, { cause: error });
  }
}
