import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { project } from '../../provisioning/project.ts';
import { type Figure } from './figures.ts';

/**
 * What sealing, starting to play, decrypting and two hours of either take. In a process of its own, so that its memory
 * is nobody else's.
 */
export async function benchVault(): Promise<Figure[]> {
  const support = resolve(project.root, 'test/medium/recordings');
  const register = pathToFileURL(resolve(support, 'swc-register.mjs')).href;
  const args = ['--no-warnings', '--expose-gc', '--import', register, resolve(support, 'vault-bench.ts')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'close').then(([status]: (number | null)[]) => status);
  const [out, code] = await Promise.all([text(child.stdout), exit]);
  if (code !== 0) throw new Error('the benchmark of the vault did not get to its end');
  return JSON.parse(out) as Figure[];
}
