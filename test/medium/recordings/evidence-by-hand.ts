import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** All that the text asks for, and nothing else. */
const ORDINARY = ['base64', 'cat', 'cmp', 'cut', 'head', 'mv', 'sed', 'sha256sum', 'sh', 'tail'];

/** A person who does what an evidence package's text says, with nothing but ordinary tools. */
export interface EvidenceReader {
  /** @param files what lies in the folder, by name */
  follow(howTo: string, files: ReadonlyMap<string, Buffer>): Promise<{ stdout: string; failed: boolean }>;
  leave(): Promise<void>;
}

/** @param toolsDir where `openssl` and `flac` of the runtime root are */
export async function evidenceReader(toolsDir: string): Promise<EvidenceReader> {
  const directory = await mkdtemp(join(tmpdir(), 'denwaban-evidence-'));
  const bin = join(directory, 'bin');
  await mkdir(bin);
  for (const tool of ['openssl', 'flac']) await symlink(join(toolsDir, tool), join(bin, tool));
  for (const tool of ORDINARY) {
    const { stdout } = await run('/bin/sh', ['-c', `command -v ${tool}`]);
    await symlink(stdout.trim(), join(bin, tool));
  }
  return {
    async follow(howTo, files) {
      const place = await mkdtemp(join(directory, 'unpacked-'));
      for (const [name, content] of files) await writeFile(join(place, name), content);
      const text = await readFile(join(place, howTo), 'utf8');
      const byHand = text.slice(text.indexOf('openssl 3'));
      const commands = byHand.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []));
      const env = { PATH: bin, LC_ALL: 'C.UTF-8' };
      try {
        const { stdout } = await run(join(bin, 'sh'), ['-c', ['set -e', ...commands].join('\n')], { cwd: place, env });
        return { stdout, failed: false };
      } catch (error) {
        return { stdout: String(error), failed: true };
      }
    },
    leave: () => rm(directory, { recursive: true }),
  };
}
