import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const NAMES = ['postgres-password', 'postgres-superuser-password', 'ari-password', 'ami-password'] as const;
export type Secrets = Record<(typeof NAMES)[number], string>;

/** 192 bits; letters and digits only, since configuration files give other characters a meaning. */
const newSecret = () => randomBytes(24).toString('hex');

/** Random and different on every box, made once, readable by the starter's user alone. */
export function ensureSecrets(folder: string): Secrets {
  const entries = NAMES.map((name) => [name, ensureSecret(resolve(folder, name))] as const);
  return Object.fromEntries(entries) as Secrets;
}

function ensureSecret(path: string): string {
  if (existsSync(path)) {
    chmodSync(path, 0o600);
    const kept = readFileSync(path, 'utf8').trim();
    if (kept !== '') return kept;
  }
  const secret = newSecret();
  writeFileSync(`${path}.partial`, `${secret}\n`, { mode: 0o600 });
  renameSync(`${path}.partial`, path);
  return secret;
}
