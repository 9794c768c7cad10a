import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, { loader: string; libraries: string }>> = {
  x64: { loader: 'lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
};

/** @throws Error on a machine for which no runtime root can be made */
export function architecture(arch: NodeJS.Architecture = process.arch) {
  const known = ARCHITECTURES[arch];
  if (!known) throw new Error(`this machine's processor (${arch}) is not supported; x64 and arm64 are`);
  return known;
}

interface Tool {
  name: string;
  /** Below the root. */
  path: string;
  /** Where it looks for its own files, which are not at their usual place outside the root. */
  environment?: Record<string, string>;
  firstArguments?: string[];
}

const POSTGRES_BIN = 'usr/lib/postgresql/18/bin';

function toolsOf(root: string): Tool[] {
  const plain = [
    'flac',
    'metaflac',
    'faad',
    'open_jtalk',
    'opusenc',
    'opusdec',
    'opusinfo',
    'prlimit',
    'restic',
    'age',
    'age-keygen',
    'age-plugin-batchpass',
    'openssl',
  ];
  const { libraries } = architecture();
  const sound = { LTDL_LIBRARY_PATH: `${root}/${libraries}/sox` };
  return [
    ...plain.map((name) => ({ name, path: `usr/bin/${name}` })),
    { name: 'sox', path: 'usr/bin/sox', environment: sound },
    { name: 'soxi', path: 'usr/bin/sox', environment: sound, firstArguments: ['--info'] },
    { name: 'espeak-ng', path: 'usr/bin/espeak-ng', environment: { ESPEAK_DATA_PATH: `${root}/${libraries}` } },
    {
      name: 'mecab',
      path: 'usr/bin/mecab',
      firstArguments: ['-r', `${root}/etc/mecabrc`, '-d', `${root}/var/lib/mecab/dic/ipadic-utf8`],
    },
    ...['psql', 'pg_dump', 'pg_restore'].map((name) => ({ name, path: `${POSTGRES_BIN}/${name}` })),
  ];
}

/**
 * Commands that need no privilege and no chroot: started by the root's own dynamic loader with the root's libraries.
 * Rewritten when the checkout has moved.
 */
export async function writeToolShims(root: string, toolsDir: string): Promise<void> {
  const { loader, libraries } = architecture();
  await mkdir(toolsDir, { recursive: true });
  for (const tool of toolsOf(root)) {
    const environment = Object.entries(tool.environment ?? {}).map(([key, value]) => `${key}='${value}' `);
    const first = (tool.firstArguments ?? []).map((argument) => `'${argument}' `);
    // PulseAudio's private library is found by an absolute run path, which is another one outside the root.
    const searched = `${root}/${libraries}:${root}/${libraries}/pulseaudio`;
    const paths = `'${root}/${loader}' --library-path '${searched}' '${root}/${tool.path}'`;
    await writeWhenDifferent(
      resolve(toolsDir, tool.name),
      `#!/bin/sh\n${environment.join('')}exec ${paths} ${first.join('')}"$@"\n`,
    );
  }
}

async function writeWhenDifferent(path: string, content: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, 'utf8')) === content) return;
  await writeFile(path, content, { mode: 0o755 });
}
