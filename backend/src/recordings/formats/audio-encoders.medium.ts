import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/medium/postgres.ts';
import { amplitudeOf, decodeFlac, tones } from '../../../../test/medium/recordings/audio.ts';
import { inChunks } from '../../../../test/medium/recordings/recording-store.contract.ts';
import { AudioEncoders, EncoderFailedError } from './audio-encoders.ts';
import { AudioFormat } from './audio-format.ts';
import { FlacEncoder } from './flac-encoder.ts';
import { OpusEncoder } from './opus-encoder.ts';
import { openLayout } from './open-layout.ts';
import { SegmentDecoder } from './segment-decoder.ts';

let database: TestDatabase;
let directory: string;
let toolsDir: string;
let encoders: AudioEncoders;
const target = () => join(directory, 'audio.flac');

async function script(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

/** Encoders with a stand-in for `flac` that does what it is told by a shell script. */
async function withFlac(text: string, timeoutMs = 10_000): Promise<AudioEncoders> {
  return new AudioEncoders(toolsDir, { flac: new FlacEncoder(await script('flac.sh', text), timeoutMs) });
}

async function encoded(format: AudioFormat, pcm: Buffer): Promise<Buffer> {
  const file = join(directory, `audio.${format}`);
  await encoders.encode(format, inChunks(pcm, 65_537), pcm.length, file);
  return readFile(file);
}

/** Everything, segment by segment, in the order asked for. */
async function decoded(format: AudioFormat, file: Buffer, order = (indexes: number[]) => indexes): Promise<Buffer> {
  const layout = await openLayout(format, (start, end) => Promise.resolve(file.subarray(start, end)), file.length);
  const decoder = new SegmentDecoder(toolsDir);
  const pcm = Buffer.alloc(layout.frames * 4);
  for (const index of order(Array.from({ length: layout.segmentCount }, (_, at) => at))) {
    const segment = layout.segment(index);
    const stream = layout.stream(segment, file.subarray(segment.firstByte, segment.endByte));
    (await decoder.decode(format, segment, stream)).copy(pcm, segment.firstFrame * 4);
  }
  return pcm;
}

/** Two voices at once, one of them far below the other: what a coder of music takes for one room. */
function loudAndQuiet(durationMs: number): Buffer {
  const pcm = tones(durationMs, 700, 1300);
  for (let at = 2; at < pcm.length; at += 4) pcm.writeInt16LE(Math.round(pcm.readInt16LE(at) * 0.03), at);
  return pcm;
}

beforeAll(async () => {
  database = await createTestDatabase();
  toolsDir = database.settings.endpoints.toolsDir;
  directory = await mkdtemp(join(tmpdir(), 'denwaban-encoders-'));
  encoders = new AudioEncoders(toolsDir);
});

afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('encoding as FLAC', () => {
  it('loses nothing, two at a time or many, whatever the pieces it comes in', async () => {
    const pieces = [4, 1000, 4096, 65_537, 10_000_000];
    await Promise.all(
      pieces.map(async (pieceBytes) => {
        const pcm = tones(700, 440, 1000);
        const file = join(directory, `${pieceBytes}.flac`);
        await encoders.encode('flac', inChunks(pcm, pieceBytes), pcm.length, file);
        expect((await decodeFlac(toolsDir, await readFile(file))).equals(pcm)).toBe(true);
      }),
    );
  });

  it('never has more than two encoders running', async () => {
    const busy = join(directory, 'busy');
    const flac = await withFlac(`echo start >> ${busy}; cat > /dev/null; sleep 0.1; echo end >> ${busy}; exit 1`);
    const attempts = Array.from({ length: 6 }, () => flac.encode('flac', inChunks(Buffer.alloc(8)), 8, target()));
    await Promise.allSettled(attempts);
    let [running, most] = [0, 0];
    for (const line of (await readFile(busy, 'utf8')).trim().split('\n')) {
      running += line === 'start' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(2);
  });

  it('fails with the words of the encoder', async () => {
    const flac = await withFlac('echo "out of ideas" >&2; exit 3');
    const attempt = flac.encode('flac', inChunks(Buffer.alloc(400_000)), 400_000, target());
    await expect(attempt).rejects.toThrow(EncoderFailedError);
    await expect(attempt).rejects.toThrow('flac: exit 3 out of ideas');
  });

  it('fails when there is no encoder', async () => {
    const attempt = new AudioEncoders('/no/such').encode('flac', inChunks(Buffer.alloc(8)), 8, target());
    await expect(attempt).rejects.toThrow(EncoderFailedError);
  });

  it('ends an encoder that hangs', async () => {
    const flac = await withFlac('exec sleep 60', 300);
    const startedMs = performance.now();
    await expect(flac.encode('flac', inChunks(Buffer.alloc(8)), 8, target())).rejects.toThrow('SIGKILL');
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });

  it('does not believe an encoder that leaves out a part and says that all is well', async () => {
    const pcm = tones(100, 440, 1000);
    const attempt = encoders.encode('flac', inChunks(pcm.subarray(0, 1600)), pcm.length, target());
    await expect(attempt).rejects.toThrow(EncoderFailedError);
  });

  it('tells the failure of the source, not of the encoder', async () => {
    const source = async function* () {
      yield await Promise.resolve(Buffer.alloc(800));
      throw new Error('the spool is gone');
    };
    await expect(encoders.encode('flac', source(), 1600, target())).rejects.toThrow('the spool is gone');
  });
});

describe('encoding as Opus', () => {
  it('keeps the length to the frame, whatever it is', async () => {
    for (const frames of [1, 161, 8000, 7948, 8001, 40_000]) {
      const pcm = tones(6000, 440, 1000).subarray(0, frames * 4);
      const back = await decoded('opus', await encoded('opus', pcm));
      expect(back.length).toBe(pcm.length);
    }
  });

  it('keeps each side to itself, however much louder the other is', async () => {
    const pcm = loudAndQuiet(3000);
    const back = await decoded('opus', await encoded('opus', pcm));
    const kept = (side: 'left' | 'right', hertz: number) => amplitudeOf(back, side, hertz);
    expect(kept('left', 700) / amplitudeOf(pcm, 'left', 700)).toBeCloseTo(1, 1);
    expect(kept('right', 1300) / amplitudeOf(pcm, 'right', 1300)).toBeCloseTo(1, 1);
    // 60 dB below the loud one.
    expect(kept('right', 700)).toBeLessThan(kept('left', 700) / 1000);
    expect(kept('left', 1300)).toBeLessThan(kept('right', 1300) / 10);
  });

  it('takes the same room for every second, silence or speech', async () => {
    const pcm = Buffer.concat([tones(5000, 440, 1000), Buffer.alloc(5 * 32_000)]);
    const file = await encoded('opus', pcm);
    expect(file.length / 10).toBeGreaterThan(8000);
    expect(file.length / 10).toBeLessThan(8300);
  });

  it('makes the same file when it is done again', async () => {
    const pcm = tones(1500, 440, 1000);
    expect((await encoded('opus', pcm)).equals(await encoded('opus', pcm))).toBe(true);
  });

  it.each([
    ['another length', 'opusdec', 'exec REAL/opusdec "$@" | head -c 8000'],
    ['swapped sides', 'opusdec', 'REAL/opusdec "$@" | tail -c +3'],
    ['a variable bitrate', 'opusenc', 'exec REAL/opusenc "$@" --vbr'],
    ['pages of another size', 'opusenc', 'exec REAL/opusenc --max-delay 200 "$@"'],
  ])('does not believe a file that comes back with %s', async (_what, name, text) => {
    const other = await mkdtemp(join(directory, 'tools-'));
    for (const tool of ['opusenc', 'opusdec']) {
      const real = `exec ${toolsDir}/${tool} "$@"`;
      const path = await script(
        `${other.slice(directory.length + 1)}/${tool}`,
        tool === name ? text.replace('REAL', toolsDir) : real,
      );
      expect(path).toBe(join(other, tool));
    }
    const voice = tones(3000, 440, 1000);
    for (let at = 2; at < voice.length; at += 4) voice.writeInt16LE(Math.round(voice.readInt16LE(at) / 20), at);
    const deceived = new AudioEncoders(toolsDir, { opus: new OpusEncoder(other) });
    await expect(deceived.encode('opus', inChunks(voice, 4096), voice.length, target())).rejects.toThrow(
      EncoderFailedError,
    );
  });
});

describe.each(AudioFormat.options)('a %s file in segments', (format) => {
  it('decodes to the same samples in any order, each segment by itself', async () => {
    const pcm = tones(25_300, 440, 1000);
    const file = await encoded(format, pcm);
    const inOrder = await decoded(format, file);
    const backwards = await decoded(format, file, (indexes) => indexes.toReversed());
    expect(backwards.equals(inOrder)).toBe(true);
    expect(inOrder.length).toBe(pcm.length);
    if (format === 'flac') expect(inOrder.equals(pcm)).toBe(true);
    expect(amplitudeOf(inOrder, 'left', 440)).toBeGreaterThan(7500);
    expect(amplitudeOf(inOrder, 'left', 1000)).toBeLessThan(80);
  });

  it('joins without a crack', async () => {
    const pcm = tones(25_300, 200, 200);
    const back = await decoded(format, await encoded(format, pcm));
    let steepest = 0;
    for (let at = 4; at < back.length; at += 4) {
      steepest = Math.max(steepest, Math.abs(back.readInt16LE(at) - back.readInt16LE(at - 4)));
    }
    // A sine of 200 Hz and amplitude 8000 rises by 1257 a sample at most.
    expect(steepest).toBeLessThan(1700);
  });

  it('tells which moments a part of it holds, never too few', async () => {
    const pcm = tones(25_300, 440, 1000);
    const file = await encoded(format, pcm);
    const layout = await openLayout(format, (start, end) => Promise.resolve(file.subarray(start, end)), file.length);
    expect(layout.framesWithin(0, file.length)).toEqual({ firstFrame: 0, endFrame: layout.frames });
    expect(layout.framesWithin(0, 40)).toEqual({ firstFrame: 0, endFrame: 0 });
    for (let index = 0; index < layout.segmentCount; index++) {
      const { firstByte, endByte, firstFrame, endFrame } = layout.segment(index);
      const within = layout.framesWithin(firstByte, endByte);
      expect(within.firstFrame).toBeLessThanOrEqual(firstFrame);
      expect(within.endFrame).toBeGreaterThanOrEqual(endFrame);
    }
  });
});
