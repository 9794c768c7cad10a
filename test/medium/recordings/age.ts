import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Opens a file as a person would: with `age`, which asks for the passphrase at a terminal and nowhere else, so `script`
 * gives it one.
 * @returns whether it opened
 */
export async function openWithAge(
  toolsDir: string,
  file: string,
  target: string,
  passphrase: string,
): Promise<boolean> {
  const quoted = [join(toolsDir, 'age'), '--decrypt', '-o', target, file].map((part) => `'${part}'`).join(' ');
  const child = spawn('script', ['-q', '-e', '-c', quoted, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'close');
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // Not before it asks: it throws away what was typed ahead.
    if (!said.includes('passphrase') && (said + text).includes('passphrase')) child.stdin.write(`${passphrase}\n`);
    said += text;
  });
  const [code] = (await exit) as [number | null];
  return code === 0;
}
