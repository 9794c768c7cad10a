import { fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventually } from '../../../../test/medium/api/eventually.ts';
import { loneVault, type LoneVault } from '../../../../test/medium/recordings/lone-vault.ts';
import type { OpenedMessage } from '../encryption/chunked.ts';
import { RecordingKeyGoneError } from '../encryption/key.errors.ts';

const SUPPORT = '../../../../test/medium/recordings/';

let lone: LoneVault;

beforeAll(async () => {
  lone = await loneVault();
});
afterAll(() => lone.remove());

async function put(audio: Buffer): Promise<OpenedMessage> {
  const recording = { id: randomUUID(), startedAt: new Date() };
  const file = join(lone.directory, 'audio.flac');
  await writeFile(file, audio);
  await lone.vault.prepare(recording);
  const { path } = await lone.vault.put(recording, `2026/11/21/${recording.id}.flac.c2sp`, file);
  return lone.vault.open(recording.id, path);
}

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('the vault', () => {
  it('gives any range of a recording as a slice of the whole', async () => {
    const audio = randomBytes(400_000);
    const opened = await put(audio);
    const offset = fc.nat(audio.length);
    await fc.assert(
      fc.asyncProperty(offset, offset, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect((await all(opened.range(start, end))).equals(audio.subarray(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('stores nothing without a key that was made for it', async () => {
    const file = join(lone.directory, 'audio.flac');
    await writeFile(file, 'fLaC');
    const id = randomUUID();
    await expect(lone.vault.put({ id }, `${id}.flac.c2sp`, file)).rejects.toThrow(RecordingKeyGoneError);
    expect(await lone.vault.has(`${id}.flac.c2sp`)).toBe(false);
  });

  it('lets go of a file when the listener leaves in the middle', async () => {
    const opened = await put(randomBytes(2_000_000));
    const files = async () => (await readdir('/proc/self/fd')).length;
    const before = await files();
    for (let listener = 0; listener < 20; listener++) {
      const playing = opened.range(0, opened.plaintextBytes);
      await playing.next();
      await playing.return();
    }
    await eventually(async () => (await files()) <= before);
  });

  it('takes no more memory for four hours, 230 MB, than for one', async () => {
    const child = fork(new URL(`${SUPPORT}vault-memory.ts`, import.meta.url), {
      execArgv: ['--no-warnings', '--import', new URL(`${SUPPORT}swc-register.mjs`, import.meta.url).href],
    });
    const [[peak], [code]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
      [{ oneHour: number; fourHours: number }],
      [number],
    ];
    expect(code).toBe(0);
    // Buffers that wait for the garbage collector: about 20 MB when measured.
    expect(peak.fourHours - peak.oneHour).toBeLessThan(60_000_000);
  });
});
