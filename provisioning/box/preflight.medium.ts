import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isRoot } from '../host-tools.ts';
import { SilentProgress } from '../progress.ts';
import { readCheckedSettings } from './preflight.ts';

/** Only root can mount a small disk. */
(isRoot() ? describe : describe.skip)('a home on a disk with hardly any room (only root can mount one)', () => {
  let disk: string;
  const check = (home: string) => readCheckedSettings({ DENWABAN_HOME: home }, new SilentProgress());

  beforeAll(() => {
    disk = mkdtempSync(join(tmpdir(), 'denwaban-preflight-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('is refused to a new box', () => {
    expect(() => check(join(disk, 'new'))).toThrow(/DENWABAN_HOME: .* has only 0\.0 GiB free/);
  });

  it('is no reason for a box that has run not to start: it takes calls and lives by its reserve', () => {
    const home = join(disk, 'known');
    mkdirSync(join(home, 'reserve'), { recursive: true });
    expect(check(home).DENWABAN_HOME).toBe(home);
  });
});
