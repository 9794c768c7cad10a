import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/medium/postgres.ts';
import { decodeFlac, tones } from '../../../test/medium/recordings/audio.ts';
import { inChunks } from '../../../test/medium/recordings/recording-store.contract.ts';
import { EncoderFailedError, FlacEncoder } from './flac-encoder.ts';

let database: TestDatabase;
let directory: string;
let toolsDir: string;
const target = () => join(directory, 'audio.flac');

/** A stand-in for `flac` that does what it is told by a shell script. */
async function script(text: string, timeoutMs = 10_000): Promise<FlacEncoder> {
  const path = join(directory, 'flac.sh');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return new FlacEncoder(path, timeoutMs);
}

beforeAll(async () => {
  database = await createTestDatabase();
  toolsDir = database.settings.endpoints.toolsDir;
  directory = await mkdtemp(join(tmpdir(), 'denwaban-flac-'));
});

afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('encoding', () => {
  it('loses nothing, two at a time or many, whatever the pieces it comes in', async () => {
    const encoder = new FlacEncoder(join(toolsDir, 'flac'));
    const pieces = [4, 1000, 4096, 65_537, 10_000_000];
    await Promise.all(
      pieces.map(async (pieceBytes) => {
        const pcm = tones(700, 440, 1000);
        const file = join(directory, `${pieceBytes}.flac`);
        await encoder.encode(inChunks(pcm, pieceBytes), pcm.length, file);
        expect((await decodeFlac(toolsDir, await readFile(file))).equals(pcm)).toBe(true);
      }),
    );
  });

  it('never has more than two encoders running', async () => {
    const busy = join(directory, 'busy');
    const encoder = await script(`echo start >> ${busy}; cat > /dev/null; sleep 0.1; echo end >> ${busy}; exit 1`);
    const attempts = Array.from({ length: 6 }, () => encoder.encode(inChunks(Buffer.alloc(8)), 8, target()));
    await Promise.allSettled(attempts);
    let [running, most] = [0, 0];
    for (const line of (await readFile(busy, 'utf8')).trim().split('\n')) {
      running += line === 'start' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(2);
  });

  it('fails with the words of the encoder', async () => {
    const encoder = await script('echo "out of ideas" >&2; exit 3');
    const attempt = encoder.encode(inChunks(Buffer.alloc(400_000)), 400_000, target());
    await expect(attempt).rejects.toThrow(new EncoderFailedError('flac: exit 3 out of ideas'));
  });

  it('fails when there is no encoder', async () => {
    const attempt = new FlacEncoder('/no/such/flac').encode(inChunks(Buffer.alloc(8)), 8, target());
    await expect(attempt).rejects.toThrow(EncoderFailedError);
  });

  it('ends an encoder that hangs', async () => {
    const encoder = await script('exec sleep 60', 300);
    const startedMs = performance.now();
    await expect(encoder.encode(inChunks(Buffer.alloc(8)), 8, target())).rejects.toThrow('SIGKILL');
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('does not believe an encoder that leaves out a part and says that all is well', async () => {
    const encoder = new FlacEncoder(join(toolsDir, 'flac'));
    const pcm = tones(100, 440, 1000);
    const attempt = encoder.encode(inChunks(pcm.subarray(0, 1600)), pcm.length, target());
    await expect(attempt).rejects.toThrow(EncoderFailedError);
  });

  it('tells the failure of the source, not of the encoder', async () => {
    const encoder = new FlacEncoder(join(toolsDir, 'flac'));
    const source = async function* () {
      yield await Promise.resolve(Buffer.alloc(800));
      throw new Error('the spool is gone');
    };
    await expect(encoder.encode(source(), 1600, target())).rejects.toThrow('the spool is gone');
  });
});
