import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { project } from '../../provisioning/project.ts';

/** Prints what sealing, starting to play and decrypting take. By itself: `node test/bench/vault.ts`. */
export async function benchVault(): Promise<void> {
  const support = resolve(project.root, 'test/medium/recordings');
  const register = pathToFileURL(resolve(support, 'swc-register.mjs')).href;
  const args = ['--no-warnings', '--import', register, resolve(support, 'vault-bench.ts')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the benchmark of the vault did not get to its end');
}

if (import.meta.main) await benchVault();
