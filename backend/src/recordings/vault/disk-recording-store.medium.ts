import * as nodeFiles from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inChunks, itKeepsTheContract, readAll } from '../../../../test/medium/recordings/recording-store.contract.ts';
import { stepped, Steps } from '../../../../test/medium/recordings/stepped.ts';
import { DiskRecordingStore } from './disk-recording-store.ts';
import { StoredFileExistsError, StoreFullError, StoreRefusedError } from './recording-store.ts';

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

  it('is not read or listed either while another one is in its place, and is as before once it is back', async () => {
    await put(storeOn(), 'audio');
    await rename(vault(), `${vault()}.unmounted`);
    await mkdir(vault());
    const refused = new StoreRefusedError('marker-missing');
    for (const act of [
      () => storeOn().read(PATH),
      () => storeOn().sizeOf(PATH),
      () => storeOn().remove(PATH),
      () => storeOn().move(PATH, 'aside'),
      () => storeOn().list()[Symbol.asyncIterator]().next(),
    ]) {
      await expect(act()).rejects.toThrow(refused);
    }
    expect(await readdir(vault())).toEqual([]);
    await rmdir(vault());
    await rename(`${vault()}.unmounted`, vault());
    expect((await readAll(storeOn(), PATH)).toString()).toBe('audio');
  });

  it('is not chosen by who only reads', async () => {
    expect(await storeOn().sizeOf(PATH)).toBeNull();
    expect(await readdir(home)).toEqual([]);
  });

  it('is taken over by a box that has lost its home', async () => {
    await put(storeOn(), 'audio');
    await rm(join(home, 'vault.id'));
    await storeOn().check();
    expect((await readAll(storeOn(), PATH)).toString()).toBe('audio');
  });
});

describe('a write that is interrupted', () => {
  it.each(['before', 'after'] as const)('%s any step leaves all or nothing, and can be repeated', async (when) => {
    await storeOn().check();
    for (let faultAt = 1; ; faultAt++) {
      const steps = new Steps(faultAt, when, () => {
        throw new Error(`fault at step ${faultAt}`);
      });
      const written = await put(storeOn(steps), 'audio').then(
        () => true,
        () => false,
      );
      const isThere = (await storeOn().sizeOf(PATH)) !== null;
      if (written) expect(isThere).toBe(true);
      if (!isThere) await put(storeOn(), 'audio');
      expect((await readAll(storeOn(), PATH)).toString()).toBe('audio');
      await storeOn().remove(PATH);
      if (!steps.faultReached) {
        expect(steps.names).toEqual(expect.arrayContaining(['disk.open', 'file.write', 'file.sync', 'disk.link']));
        expect(steps.names.lastIndexOf('file.sync')).toBeGreaterThan(steps.names.lastIndexOf('disk.link'));
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

  it('on a disk without hard links stores all the same, and still replaces nothing', async () => {
    const plain = new Proxy(nodeFiles, {
      get: (files, key: keyof typeof nodeFiles) =>
        key === 'link' ? () => Promise.reject(Object.assign(new Error(), { code: 'EPERM' })) : files[key],
    });
    const store = new DiskRecordingStore(vault(), join(home, 'vault.id'), plain);
    await put(store, 'audio');
    await expect(put(store, 'other')).rejects.toThrow(StoredFileExistsError);
    expect((await readAll(store, PATH)).toString()).toBe('audio');
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
