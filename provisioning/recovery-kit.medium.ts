import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureMasterKey } from '../backend/src/recordings/encryption/master-key-file.ts';
import { SilentProgress } from './progress.ts';
import { prepareMasterKey } from './box/master-key.ts';
import { project } from './project.ts';

let home: string;
const secrets = () => join(home, 'secrets');
const keyFile = () => join(secrets(), 'master-key');
const stored = () => readFile(keyFile(), 'utf8');

const exitOf = (child: ChildProcess) => once(child, 'close').then(([code]: (number | null)[]) => code);

async function kit(args: string[] = [], input = '', environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [resolve(project.root, 'provisioning/recovery-kit.ts'), ...args], {
    env: { DENWABAN_HOME: home, ...environment },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), exitOf(child)]);
  return { out, error, code };
}

const linesOf = (out: string): string[] => out.match(/^ {4}\d: .*$/gm) ?? [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'denwaban-kit-'));
  await mkdir(secrets());
});
afterEach(() => rm(home, { recursive: true }));

describe('the recovery kit', () => {
  it('is printed, and brings the key back to a box that has lost it', async () => {
    await ensureMasterKey(secrets());
    const key = await stored();
    const printed = await kit();
    expect(printed.code).toBe(0);
    expect(printed.out).toContain(`鍵番号 ${key.trim().split(' ')[2] ?? ''}`);
    expect(printed.out).not.toContain(key.split(' ')[1] ?? '');
    const lines = linesOf(printed.out);
    expect(lines).toHaveLength(4);
    await rm(secrets(), { recursive: true });
    expect((await kit(['--restore'], lines.join('\n'))).code).toBe(0);
    expect(await stored()).toBe(key);
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
  });

  it('names the line that was typed wrong and changes nothing', async () => {
    await ensureMasterKey(secrets());
    const lines = linesOf((await kit()).out);
    await rm(keyFile());
    const wrong = lines.with(
      2,
      (lines[2] ?? '').replace(/.$/, (last) => (last === '7' ? '8' : '7')),
    );
    const { code, error } = await kit(['--restore'], wrong.join('\n'));
    expect(code).toBe(1);
    expect(error).toContain('3行目');
    expect(error).not.toMatch(/[124]行目/);
    expect(await readdir(secrets())).toEqual([]);
  });

  it('leaves the same key as it is, and never overwrites another one', async () => {
    await ensureMasterKey(secrets());
    const lines = linesOf((await kit()).out).join('\n');
    const first = await stored();
    expect((await kit(['--restore'], lines)).code).toBe(0);
    expect(await readdir(secrets())).toEqual(['master-key']);
    await rm(keyFile());
    await ensureMasterKey(secrets());
    const other = await stored();
    const refused = await kit(['--restore'], lines);
    expect(refused.code).toBe(1);
    expect(refused.error).toContain(other.trim().split(' ')[2] ?? '');
    expect(await stored()).toBe(other);
    expect((await kit(['--restore', '--replace'], lines)).code).toBe(0);
    expect(await stored()).toBe(first);
    const [, previous = ''] = (await readdir(secrets())).sort();
    expect(await readFile(join(secrets(), previous), 'utf8')).toBe(other);
  });

  it('repairs a damaged key', async () => {
    await ensureMasterKey(secrets());
    const key = await stored();
    const lines = linesOf((await kit()).out).join('\n');
    await writeFile(keyFile(), 'scribble');
    expect((await kit()).code).toBe(1);
    expect((await kit(['--restore'], lines)).code).toBe(0);
    expect(await stored()).toBe(key);
  });

  it('is that of the credential where systemd holds the key', async () => {
    const credentials = join(home, 'credentials');
    await mkdir(credentials);
    await ensureMasterKey(credentials);
    const key = await readFile(join(credentials, 'master-key'), 'utf8');
    await writeFile(join(credentials, 'denwaban-master-key'), key);
    const { out } = await kit([], '', { CREDENTIALS_DIRECTORY: credentials });
    expect(out).toContain(key.trim().split(' ')[2]);
  });
});

describe('the master key of a box', () => {
  class HeardProgress extends SilentProgress {
    readonly errors: string[] = [];
    override error(complaint = ''): void {
      this.errors.push(complaint);
    }
  }
  let progress: HeardProgress;
  const layout = () => ({
    secrets: secrets(),
    postgresData: join(home, 'postgres'),
    vaultIdentity: join(home, 'vault.id'),
  });
  const prepare = (credentials?: string) => prepareMasterKey(layout(), credentials, progress);

  beforeEach(() => {
    progress = new HeardProgress();
  });

  it('is made when the box is new, once, for its owner only', async () => {
    await prepare();
    const made = await stored();
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    await prepare();
    expect(await stored()).toBe(made);
    expect(progress.errors).toEqual([]);
  });

  it.each(['postgres/PG_VERSION', 'vault.id'])(
    'is not made anew once there is %s, and how to get it back is told',
    async (trace) => {
      await mkdir(join(home, 'postgres'));
      await writeFile(join(home, trace), '18');
      await prepare();
      expect(await readdir(secrets())).toEqual([]);
      expect(progress.errors).toHaveLength(1);
      expect(progress.errors[0]).toContain('recovery-kit --restore');
    },
  );

  it('is left to systemd where it hands one over', async () => {
    await writeFile(join(home, 'denwaban-master-key'), 'whatever');
    await chmod(join(home, 'denwaban-master-key'), 0o400);
    await prepare(home);
    expect(await readdir(secrets())).toEqual([]);
  });

  it('that is damaged is left for a person to look at', async () => {
    await writeFile(keyFile(), 'scribble');
    await prepare();
    expect(await stored()).toBe('scribble');
  });
});
