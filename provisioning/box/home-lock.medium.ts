import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HomeInUse, HomeLock } from './home-lock.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(resolve(tmpdir(), 'denwaban-lock-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('the lock of a home', () => {
  it('refuses a second starter and names the pid of the first', async () => {
    const lock = await HomeLock.take(home);
    await expect(HomeLock.take(home)).rejects.toThrow(HomeInUse);
    await expect(HomeLock.take(home)).rejects.toThrow(`pid ${process.pid}`);
    lock.release();
  });

  it('cannot be gone around by another name of the same folder', async () => {
    const lock = await HomeLock.take(home);
    const other = `${home}-link`;
    symlinkSync(home, other);
    try {
      await expect(HomeLock.take(other)).rejects.toThrow(HomeInUse);
    } finally {
      rmSync(other);
      lock.release();
    }
  });

  it('is gone with its process, even by kill -9', async () => {
    const script = `import { HomeLock } from '${resolve(import.meta.dirname, 'home-lock.ts')}';
      await HomeLock.take(${JSON.stringify(home)}); console.log('taken'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((taken) => child.stdout.once('data', taken));
    await expect(HomeLock.take(home)).rejects.toThrow(`pid ${child.pid ?? ''}`);
    const gone = new Promise((exit) => child.once('exit', exit));
    child.kill('SIGKILL');
    await gone;
    (await HomeLock.take(home)).release();
  });
});
