import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { amplitudeOf, decodeFlac, encodeFlac, tones } from '../../../../test/medium/recordings/audio.ts';
import type { AudioFormat } from '../formats/audio-format.ts';
import { OpusEncoder } from '../formats/opus-encoder.ts';
import { AudioConversion } from './audio-conversion.ts';
import type { AudioSide, ExportFormat } from './export.schema.ts';
import { ToolFailedError } from './tool-stream.ts';

const WAV_HEADER = 44;

let database: TestDatabase;
let toolsDir: string;
let pcm: Buffer;
let sealed: Buffer;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ toolsDir } = database.settings.endpoints);
  pcm = tones(5000, 440, 1000);
  sealed = await encodeFlac(toolsDir, pcm);
});
afterAll(() => database.drop());

async function* chunksOf(audio: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < audio.length; at += 10_000) yield await Promise.resolve(audio.subarray(at, at + 10_000));
}

async function convert(
  format: ExportFormat,
  side: AudioSide,
  audio = sealed,
  sealedAs: AudioFormat = 'flac',
): Promise<Buffer> {
  const range = (start: number, end: number) => chunksOf(audio.subarray(start, end));
  const content = new AudioConversion(toolsDir).convert(
    { format: sealedAs, sizeBytes: audio.length, range },
    format,
    side,
  );
  return buffer(Readable.from(content, { objectMode: false }));
}

/** Any audio as stereo samples. */
async function decoded(audio: Buffer, type: string): Promise<Buffer> {
  const raw = ['-t', 'raw', '-e', 'signed-integer', '-b', '16', '-c', '2', '-'];
  const child = spawn(join(toolsDir, 'sox'), ['-t', type, '-', ...raw], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(audio);
  return buffer(child.stdout);
}

const side = (which: 'left' | 'right') => {
  const one = Buffer.alloc(pcm.length / 2);
  for (let at = 0; at < one.length; at += 2)
    pcm.copy(one, at, at * 2 + (which === 'left' ? 0 : 2), at * 2 + (which === 'left' ? 2 : 4));
  return one;
};

describe('a recording', () => {
  it('leaves as it was sealed, byte for byte, as original and in its own format', async () => {
    expect((await convert('original', 'both')).equals(sealed)).toBe(true);
    expect((await convert('flac', 'both')).equals(sealed)).toBe(true);
  });

  it('becomes a WAV with the very samples and a header that tells its length', async () => {
    const wav = await convert('wav', 'both');
    expect(wav.subarray(WAV_HEADER).equals(pcm)).toBe(true);
    expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(4)]).toEqual(['RIFF', wav.length - 8]);
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
      1, 2, 8000, 16,
    ]);
    expect(wav.readUInt32LE(40)).toBe(pcm.length);
  });

  it.each(['left', 'right'] as const)('becomes one side alone: %s', async (which) => {
    const wav = await convert('wav', which);
    expect([wav.readUInt16LE(22), wav.readUInt32LE(40)]).toEqual([1, pcm.length / 2]);
    expect(wav.subarray(WAV_HEADER).equals(side(which))).toBe(true);
    const flac = await decodeFlac(toolsDir, await convert('flac', which));
    expect(flac.equals(side(which))).toBe(true);
  });

  it('becomes an MP3 in which each side keeps to its channel', async () => {
    const mp3 = await convert('mp3', 'both');
    const samples = await decoded(mp3, 'mp3');
    expect(Math.abs(samples.length - pcm.length) / 32).toBeLessThan(250);
    expect(amplitudeOf(samples, 'left', 440)).toBeGreaterThan(7000);
    expect(amplitudeOf(samples, 'right', 1000)).toBeGreaterThan(7000);
    expect(amplitudeOf(samples, 'left', 1000)).toBeLessThan(10);
    expect(amplitudeOf(samples, 'right', 440)).toBeLessThan(10);
    // Constant 64 kbit/s.
    expect((mp3.length * 8) / 5 / 1000).toBeCloseTo(64, -1);
  });

  it.each(['wav', 'mp3'] as const)(
    'is not passed off as whole when its decoder has lost its way: %s',
    async (format) => {
      const cut = sealed.subarray(0, sealed.length - 5000);
      await expect(convert(format, 'both', cut)).rejects.toThrow(ToolFailedError);
    },
  );

  it('that was sealed as Opus becomes every other format, as long as it was', async () => {
    const file = join(database.settings.layout.run, 'sealed.opus');
    await new OpusEncoder(toolsDir).encode(chunksOf(pcm), pcm.length, file);
    const opus = await readFile(file);
    expect((await convert('original', 'both', opus, 'opus')).equals(opus)).toBe(true);
    const wav = await convert('wav', 'both', opus, 'opus');
    expect([wav.readUInt16LE(22), wav.readUInt32LE(40), wav.length]).toEqual([2, pcm.length, WAV_HEADER + pcm.length]);
    expect(amplitudeOf(wav.subarray(WAV_HEADER), 'left', 440)).toBeGreaterThan(7000);
    const right = await convert('wav', 'right', opus, 'opus');
    expect([right.readUInt16LE(22), right.readUInt32LE(40)]).toEqual([1, pcm.length / 2]);
    const samples = await decoded(await convert('mp3', 'both', opus, 'opus'), 'mp3');
    expect(amplitudeOf(samples, 'right', 1000)).toBeGreaterThan(7000);
    expect((await decodeFlac(toolsDir, await convert('flac', 'both', opus, 'opus'))).length).toBe(pcm.length);
  });
});
