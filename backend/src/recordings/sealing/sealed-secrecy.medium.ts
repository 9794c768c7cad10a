import { createHash } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { filesBelow } from '../../../../test/medium/recordings/sealing-bench.ts';
import { SealingScene, SECOND } from '../../../../test/medium/recordings/sealing-scene.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { formatMasterKey } from '../encryption/master-key-file.ts';
import type { RecordingEntity } from '../recording.entity.ts';
import { troubleOf } from './sealing-trouble.ts';

let scene: SealingScene;

beforeAll(async () => {
  scene = await SealingScene.open();
});

beforeEach(() => scene.emptyVault());

afterAll(() => scene.close());

describe('what lies in the vault', () => {
  const sealedFile = async (row: RecordingEntity) => readFile(join(scene.layout.vault, row.path ?? ''));

  it('is neither FLAC nor any part of it', async () => {
    const callId = await scene.spool();
    await scene.seal(callId);
    const row = await scene.rowOf(callId);
    const [file, flac] = [await sealedFile(row), await scene.flacOf(row)];
    expect(row.path).toMatch(/[0-9a-f]\.c2sp$/);
    expect(flac.toString('latin1', 0, 4)).toBe('fLaC');
    expect(file.includes('fLaC')).toBe(false);
    for (let at = 0; at + 16 <= flac.length; at += 16) expect(file.includes(flac.subarray(at, at + 16))).toBe(false);
    expect(row.sizeBytes).toBe(flac.length);
    expect(row.sha256).toBe(createHash('sha256').update(flac).digest('hex'));
    expect(file.length).toBe(flac.length + 56 + 16 * (Math.floor(flac.length / 16384) + 1));
  });

  it('differs from recording to recording, even where nothing but the call does', async () => {
    const [one, other] = [await scene.spool(), await scene.spool()];
    for (const callId of [one, other]) await scene.seal(callId);
    const files = [await sealedFile(await scene.rowOf(one)), await sealedFile(await scene.rowOf(other))] as const;
    expect(files[0].length).toBe(files[1].length);
    expect(files[0].subarray(56, 72).equals(files[1].subarray(56, 72))).toBe(false);
  });
});

describe('sealing without a usable master key', () => {
  const masterKey = () => join(scene.layout.secrets, 'master-key');
  const OTHER_KEY = formatMasterKey(Buffer.alloc(32, 7));

  it.each<[string, () => Promise<void>]>([
    ['missing', () => rm(masterKey())],
    ['damaged', () => writeFile(masterKey(), 'scribble', { mode: 0o600 })],
    ['readable by others', () => chmod(masterKey(), 0o644)],
    ['another box’s', () => writeFile(masterKey(), OTHER_KEY, { mode: 0o600 })],
  ])(
    '%s: nothing is encoded or stored, the spool keeps all, and it is sealed once the key is back',
    async (_, lose) => {
      const kept = await readFile(masterKey(), 'utf8');
      const before = await scene.spool();
      await scene.seal(before);
      const callId = await scene.spool();
      await lose();
      const steps = new Steps(0, 'before', () => undefined);
      const error: unknown = await scene.seal(callId, { steps }).catch((thrown: unknown) => thrown);
      expect(troubleOf(error)).toBe('vault-key-unusable');
      expect((await scene.rowOf(callId)).state).toBe('sealing');
      expect(steps.names).not.toContain('encoder.encode');
      expect(await filesBelow(scene.layout.vault)).toEqual([(await scene.rowOf(before)).path]);
      expect(await filesBelow(scene.layout.spool)).toHaveLength(2);
      await writeFile(masterKey(), kept, { mode: 0o600 });
      await chmod(masterKey(), 0o600);
      await scene.seal(callId);
      expect((await scene.audioOf(await scene.rowOf(callId))).equals(SECOND)).toBe(true);
    },
  );
});
