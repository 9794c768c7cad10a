import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isRoot } from '../../../provisioning/host-tools.ts';
import { LOW_WATER_BYTES, Reserve } from './reserve.ts';

const MIB = 1024 * 1024;
const DISK_BYTES = 256 * MIB;

/** Only root can mount a small disk. */
(isRoot() ? describe : describe.skip)('the reserve on a disk that fills (only root can mount a small one)', () => {
  let disk: string;
  let reserve: Reserve;

  beforeAll(() => {
    disk = mkdtempSync(join(tmpdir(), 'denwaban-reserve-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
    reserve = new Reserve(disk);
  });
  afterEach(() => readdirSync(disk).forEach((name) => rmSync(join(disk, name))));
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize;
  };
  const settle = async () => {
    const done: string[] = [];
    for (let step = await reserve.tend(); step !== 'keep'; step = await reserve.tend()) done.push(step);
    return done;
  };
  const fillAllBut = (bytes: number) => writeFileSync(join(disk, 'ballast'), Buffer.alloc(freeBytes() - bytes));

  it('takes its room while there is some, and no more than leaves as much again', async () => {
    expect(await settle()).toEqual(['make', 'make', 'make', 'make']);
    expect(await reserve.state()).toEqual({ leftBytes: 128 * MIB, wholeBytes: 128 * MIB });
    expect(freeBytes()).toBe(DISK_BYTES - 128 * MIB);
  });

  it('is given up a piece at a time, each time when the room is used up, and comes back with room', async () => {
    await settle();
    for (const left of [96, 64, 32, 0]) {
      fillAllBut(LOW_WATER_BYTES - MIB);
      expect(await settle()).toEqual(['give-up']);
      expect((await reserve.state()).leftBytes).toBe(left * MIB);
      expect(freeBytes()).toBeGreaterThanOrEqual(LOW_WATER_BYTES);
      if (left > 0) execFileSync('mv', [join(disk, 'ballast'), join(disk, `ballast-${left}`)]);
    }
    readdirSync(disk).forEach((name) => rmSync(join(disk, name)));
    expect(await settle()).toEqual(['make', 'make', 'make', 'make']);
  });

  it('that was half made by a killed process is made anew', async () => {
    writeFileSync(join(disk, 'unfinished'), 'half');
    await settle();
    expect(readdirSync(disk).sort()).toEqual(['piece-1', 'piece-2', 'piece-3', 'piece-4']);
  });

  it('says why it could not be made, and leaves nothing of it', async () => {
    const gone = new Reserve(join(disk, 'no such directory'));
    await expect(gone.tend()).rejects.toThrow('ENOENT');
  });
});
