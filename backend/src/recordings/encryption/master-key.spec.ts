import { chmod, link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SecretKey } from './keys.ts';
import { loadMasterKey } from './master-key.ts';
import {
  ensureMasterKey,
  formatMasterKey,
  promoteNextMasterKey,
  restoreMasterKey,
  stageNextMasterKey,
} from './master-key-file.ts';

let secretsDir: string;
const load = (credentialsDirectory?: string) => loadMasterKey({ credentialsDirectory, secretsDir });

beforeEach(async () => {
  secretsDir = await mkdtemp(join(tmpdir(), 'denwaban-secrets-'));
});
afterEach(() => rm(secretsDir, { recursive: true }));

describe('the master key of a box', () => {
  it('is made once, for its owner only', async () => {
    expect(await ensureMasterKey(secretsDir)).toBe(true);
    const { wrapping } = await load();
    expect((await stat(join(secretsDir, 'master-key'))).mode & 0o777).toBe(0o600);
    expect(await ensureMasterKey(secretsDir)).toBe(false);
    expect((await load()).wrapping.id).toBe(wrapping.id);
  });

  it('is one key when several make it at once, and leaves nothing else behind', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => ensureMasterKey(secretsDir)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await readdir(secretsDir)).toEqual(['master-key']);
  });

  it('is missed by name', async () => {
    await expect(load()).rejects.toMatchObject({ errorId: 'master-key-unusable', problem: 'missing' });
  });

  it('is refused when a single digit of it is damaged', async () => {
    await ensureMasterKey(secretsDir);
    const path = join(secretsDir, 'master-key');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(/ ([0-9a-f])/, (_, digit: string) => (digit === '0' ? ' 1' : ' 0')),
    );
    await expect(load()).rejects.toMatchObject({ problem: 'damaged' });
  });

  it('is refused when others can read it', async () => {
    await ensureMasterKey(secretsDir);
    await chmod(join(secretsDir, 'master-key'), 0o640);
    await expect(load()).rejects.toMatchObject({ problem: 'readable-by-others' });
  });
});

describe('a systemd credential', () => {
  it('is the master key; the file only opens what it wrapped before', async () => {
    await ensureMasterKey(secretsDir);
    const file = (await load()).wrapping;
    const credentials = await mkdtemp(join(secretsDir, 'credentials-'));
    const credential = SecretKey.random();
    await writeFile(join(credentials, 'denwaban-master-key'), formatMasterKey(credential.bytes), { mode: 0o440 });
    const keys = await load(credentials);
    expect(keys.wrapping.id).toBe(credential.id);
    expect([...keys.all.keys()]).toEqual([credential.id, file.id]);
  });

  it('that is not there leaves the file', async () => {
    await ensureMasterKey(secretsDir);
    expect((await load(secretsDir)).wrapping.id).toBe((await load()).wrapping.id);
  });
});

describe('a new master key', () => {
  it('wraps from when it is staged, is the master key once promoted, and the old one still opens', async () => {
    await ensureMasterKey(secretsDir);
    const old = (await load()).wrapping.id;
    expect(await stageNextMasterKey(secretsDir)).toBe(true);
    expect(await stageNextMasterKey(secretsDir)).toBe(false);
    const staged = await load();
    expect(staged.wrapping.id).not.toBe(old);
    expect(staged.all.has(old)).toBe(true);
    await promoteNextMasterKey(secretsDir);
    const promoted = await load();
    expect(promoted.wrapping.id).toBe(staged.wrapping.id);
    expect(promoted.all.has(old)).toBe(true);
    expect(await readdir(secretsDir)).toEqual(['master-key', `master-key.previous-${old}`]);
  });

  it('can be promoted again after a crash in the middle, and not when there is none', async () => {
    await ensureMasterKey(secretsDir);
    await stageNextMasterKey(secretsDir);
    const staged = (await load()).wrapping.id;
    const old = [...(await load()).all.keys()].at(1) ?? '';
    await link(join(secretsDir, 'master-key'), join(secretsDir, `master-key.previous-${old}`));
    await promoteNextMasterKey(secretsDir);
    await expect(promoteNextMasterKey(secretsDir)).rejects.toThrow('ENOENT');
    expect((await load()).wrapping.id).toBe(staged);
  });
});

describe('a master key from a recovery kit', () => {
  it('takes the place of the one a new box made, which still opens', async () => {
    await ensureMasterKey(secretsDir);
    const made = (await load()).wrapping.id;
    const kept = SecretKey.random();
    await restoreMasterKey(secretsDir, kept.bytes);
    const keys = await load();
    expect(keys.wrapping.id).toBe(kept.id);
    expect([...keys.all.keys()]).toEqual([kept.id, made]);
    expect((await stat(join(secretsDir, 'master-key'))).mode & 0o777).toBe(0o600);
  });

  it('repairs a damaged file, and helps where there is none', async () => {
    const kept = SecretKey.random();
    await restoreMasterKey(secretsDir, kept.bytes);
    await writeFile(join(secretsDir, 'master-key'), 'scribble');
    await restoreMasterKey(secretsDir, kept.bytes);
    expect((await load()).wrapping.id).toBe(kept.id);
  });
});
