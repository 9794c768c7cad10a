import * as nodeFiles from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inChunks, itKeepsTheContract, readAll } from '../../../test/medium/recordings/recording-store.contract.ts';
import { stepped, Steps } from '../../../test/medium/recordings/stepped.ts';
import { DiskRecordingStore } from './disk-recording-store.ts';
import { StoreFullError, StoreRefusedError } from './recording-store.ts';

let home: string;
const vault = () => join(home, 'vault');
const storeOn = (steps?: Steps, identity = 'vault.id') =>
  new DiskRecordingStore(vault(), join(home, identity), steps ? stepped('disk', { ...nodeFiles }, steps) : undefined);
const PATH = '2026/11/21/recording.flac';
const put = (store: DiskRecordingStore, text: string) =>
  store.write(PATH, inChunks(Buffer.from(text), 4), Buffer.byteLength(text));

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'denwaban-store-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

itKeepsTheContract('a local disk', () => storeOn());

describe('the right disk', () => {
  it('is recognised again', async () => {
    await storeOn().check();
    await expect(storeOn().check()).resolves.toBeUndefined();
  });

  it('is refused when it is not mounted, and nothing is written to the directory below', async () => {
    await storeOn().check();
    await rm(vault(), { recursive: true });
    await mkdir(vault());
    await expect(put(storeOn(), 'audio')).rejects.toThrow(StoreRefusedError);
    expect(await readdir(vault())).toEqual([]);
  });

  it('is refused when it belongs to another box', async () => {
    await storeOn().check();
    await storeOn(undefined, 'another.id').check();
    await writeFile(join(home, 'another.id'), 'another disk');
    await expect(put(storeOn(undefined, 'another.id'), 'audio')).rejects.toThrow(StoreRefusedError);
  });

  it('is taken over by a box that has lost its home', async () => {
    await put(storeOn(), 'audio');
    await rm(join(home, 'vault.id'));
    await storeOn().check();
    expect((await readAll(storeOn(), PATH)).toString()).toBe('audio');
  });
});

describe('a write that is interrupted', () => {
  it.each(['before', 'after'] as const)('%s any step leaves the old or the new, and can be repeated', async (when) => {
    await put(storeOn(), 'old');
    for (let faultAt = 1; ; faultAt++) {
      const steps = new Steps(faultAt, when, () => {
        throw new Error(`fault at step ${faultAt}`);
      });
      const written = await put(storeOn(steps), 'new').then(
        () => true,
        () => false,
      );
      const found = (await readAll(storeOn(), PATH)).toString();
      expect(['old', 'new']).toContain(found);
      if (written) expect(found).toBe('new');
      await put(storeOn(), 'old');
      expect((await readAll(storeOn(), PATH)).toString()).toBe('old');
      if (!steps.faultReached) {
        expect(steps.names).toEqual(expect.arrayContaining(['disk.open', 'file.write', 'file.sync', 'disk.rename']));
        expect(steps.names.lastIndexOf('file.sync')).toBeGreaterThan(steps.names.lastIndexOf('disk.rename'));
        return;
      }
    }
  });

  it('on a full disk says so and gives the space back', async () => {
    await storeOn().check();
    const full = new Proxy(nodeFiles, {
      get: (files, key: keyof typeof nodeFiles) =>
        key === 'open'
          ? async (path: string, flags: string) => {
              const handle = await files.open(path, flags);
              if (flags === 'wx') handle.write = () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' }));
              return handle;
            }
          : files[key],
    });
    const store = new DiskRecordingStore(vault(), join(home, 'vault.id'), full);
    await expect(put(store, 'audio')).rejects.toThrow(StoreFullError);
    expect(await readdir(join(vault(), '.writing'))).toEqual([]);
  });

  it('leaves something that is removed once it is old', async () => {
    await put(storeOn(), 'audio');
    const [old, young] = ['old', 'young'].map((name) => join(vault(), '.writing', name)) as [string, string];
    for (const file of [old, young]) await writeFile(file, 'torn');
    await utimes(old, new Date(), new Date(Date.now() - 7_200_000));
    expect(await storeOn().removeLeftovers(new Date(Date.now() - 3_600_000))).toBe(1);
    expect(await readdir(join(vault(), '.writing'))).toEqual(['young']);
  });
});
