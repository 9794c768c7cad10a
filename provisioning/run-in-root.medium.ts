import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeHostsFile } from './box/home.ts';
import { homeLayout } from '../backend/src/platform/settings.ts';
import { inRoot, rootEnvironment } from './run-in-root.ts';
import { project } from './project.ts';
import { rmsDbfs } from '../backend/src/notices/sound-level.ts';
import { ensureRuntime, type Runtime } from './runtime/runtime.ts';
import { SilentProgress } from './progress.ts';
import { startOf } from './supervision/running-processes.ts';

let runtime: Runtime;
let folder: string;
let hostsFile: string;

beforeAll(async () => {
  runtime = await ensureRuntime(new SilentProgress());
  folder = mkdtempSync(resolve(tmpdir(), 'denwaban-root-'));
  const layout = homeLayout(folder);
  mkdirSync(layout.run);
  hostsFile = writeHostsFile(layout);
  for (const name of ['rw', 'ro']) {
    mkdirSync(resolve(folder, name));
    chmodSync(resolve(folder, name), 0o777);
    writeFileSync(resolve(folder, name, 'file'), name);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (script: string) =>
  inRoot({
    root: runtime.root,
    user: 'asterisk',
    hostsFile,
    binds: [
      { from: resolve(folder, 'rw'), to: '/denwaban/rw' },
      { from: resolve(folder, 'ro'), to: '/denwaban/ro', readOnly: true },
    ],
    deathSignal: 'KILL',
    command: ['/bin/sh', '-c', script],
  });

function inside(script: string): string {
  const { file, args } = command(script);
  const result = spawnSync(file, args, { env: rootEnvironment, encoding: 'utf8' });
  return result.stdout.trim() + result.stderr.trim();
}

describe('a process in the runtime root', () => {
  it('runs as its own user, without capabilities and no way to get one', () => {
    expect(inside('id -u; id -g')).toBe('64080\n64080');
    const status = inside('cat /proc/self/status');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toContain(`${set}:\t0000000000000000`);
    expect(status).toContain('NoNewPrivs:\t1');
  });

  it('writes to what it is given, and to nothing else', () => {
    expect(inside('echo more >/denwaban/rw/new && cat /denwaban/rw/new')).toBe('more');
    for (const path of ['/denwaban/ro/new', '/denwaban/new', '/new', '/etc/asterisk/new', '/usr/new'])
      expect(inside(`echo x >${path}`)).toMatch(/Read-only file system|Permission denied/);
    expect(inside('for at in /tmp /run /dev/shm; do echo x >$at/x && echo ok; done')).toBe('ok\nok\nok');
  });

  it('knows its own name without asking anybody', () => {
    expect(inside('cat /etc/hosts')).toContain(`127.0.0.1 localhost ${hostname()}`);
  });

  it('is the very process that was spawned, and dies with who spawned it', async () => {
    const { file, args } = command('echo $$; exec sleep 60');
    const script = `const { spawn } = require('node:child_process');
      const child = spawn(${JSON.stringify(file)}, ${JSON.stringify(args)}, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.once('data', (own) => console.log(child.pid + ' ' + own)); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', script], {
      env: rootEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((said) =>
      parent.stdout.once('data', (chunk: Buffer) => said(chunk.toString())),
    );
    const [spawned, own] = line.trim().split(' ').map(Number);
    expect(own).toBe(spawned);
    expect(startOf(own ?? 0)).not.toBeNull();
    parent.kill('SIGKILL');
    for (const end = performance.now() + 5000; startOf(own ?? 0) !== null && performance.now() < end;)
      await new Promise((done) => setTimeout(done, 10));
    expect(startOf(own ?? 0)).toBeNull();
  });
});

describe('the tools of the runtime root', () => {
  const tool = (name: string, args: string[], input?: string | Buffer) =>
    spawnSync(resolve(runtime.toolsDir, name), args, { input });

  it('speak, encode and decode outside of it', () => {
    const speech = tool('espeak-ng', ['-v', 'ja', '--stdin', '--stdout'], 'デンワバン');
    expect(speech.status).toBe(0);
    const raw = tool(
      'sox',
      ['--ignore-length', '-t', 'wav', '-', '-t', 'raw', '-r', '8000', '-e', 'signed', '-b', '16', '-'],
      speech.stdout,
    );
    expect(raw.stdout.length).toBeGreaterThan(8000);
    const form = [
      '--silent',
      '--force-raw-format',
      '--endian=little',
      '--sign=signed',
      '--channels=1',
      '--bps=16',
      '--sample-rate=8000',
    ];
    const flac = tool('flac', [...form, '--stdout', '-'], raw.stdout);
    expect(flac.stdout.subarray(0, 4).toString()).toBe('fLaC');
    const back = tool(
      'flac',
      ['--silent', '--decode', '--force-raw-format', '--endian=little', '--sign=signed', '--stdout', '-'],
      flac.stdout,
    );
    expect(back.stdout.equals(raw.stdout)).toBe(true);
  });

  it('read kanji', () => {
    expect(tool('mecab', ['-O', 'yomi'], '録音\n').stdout.toString().trim()).toBe('ロクオン');
  });

  it('have spoken every announcement at telephone level', () => {
    const wanted = JSON.parse(readFileSync(resolve(project.prompts, 'prompts.json'), 'utf8')) as { id: string }[];
    expect(wanted.length).toBeGreaterThan(0);
    const spoken = readdirSync(runtime.promptsDir);
    for (const { id } of wanted) {
      expect(spoken).toContain(`${id}.sln`);
      const sound = readFileSync(resolve(runtime.promptsDir, `${id}.sln`));
      // Half a second, which a figure takes.
      expect(sound.length).toBeGreaterThan(8000);
      expect(Math.abs(rmsDbfs(sound) + 20)).toBeLessThan(1);
    }
  });

  it('come with the terms on which they are handed on', () => {
    for (const name of Object.keys(runtime.versions))
      expect(readFileSync(resolve(runtime.root, 'usr/share/doc', name, 'copyright'), 'utf8')).toMatch(/\S/);
  });

  it('have known versions', () => {
    expect(runtime.versions.asterisk).toMatch(/^1:22\.10\.1/);
    expect(runtime.versions['postgresql-18']).toMatch(/^18\./);
  });
});
