import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FlacEncoder } from '../../../backend/src/recordings/formats/flac-encoder.ts';
import { PcmMeter } from '../../../backend/src/recordings/sealing/pcm.ts';
import { TerminalProgress } from '../../../provisioning/progress.ts';
import { ensureRuntime } from '../../../provisioning/runtime/runtime.ts';
import { type Figure, percentile } from '../../bench/figures.ts';
import { tones } from './audio.ts';
import { audioFile, loneVault, TWO_HOURS_BYTES } from './lone-vault.ts';

/** Started by `test/bench/vault.bench.ts`: figures of the vault, each beside a baseline of the same run, as JSON. Never fails on time. */
const MINUTES = 5;
const ROUNDS = 5;
const STARTS = 300;
const PART_BYTES = 64 * 1024;

const { toolsDir } = await ensureRuntime(new TerminalProgress(process.stderr));
const { vault, directory, remove } = await loneVault();
const flac = join(toolsDir, 'flac');

const median = (values: number[]) => percentile(values, 0.5);
const MEGABYTE = 1e6;
const LOOK_AT_MEMORY_MS = 10;

async function measure(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Resident memory in MB: before, and the most there was while `work` went on. */
async function memoryDuring(work: () => Promise<unknown>): Promise<{ before: number; peak: number }> {
  global.gc?.();
  const before = process.memoryUsage.rss() / MEGABYTE;
  let peak = before;
  const look = () => (peak = Math.max(peak, process.memoryUsage.rss() / MEGABYTE));
  const timer = setInterval(look, LOOK_AT_MEMORY_MS);
  await work().finally(() => clearInterval(timer));
  look();
  return { before, peak };
}

async function run(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = once(child, 'close').then(([status]: (number | null)[]) => status);
  const [out, code] = await Promise.all([text(child.stdout), exit]);
  if (code !== 0) throw new Error(`${command}: exit ${code ?? 'by signal'}`);
  return out;
}

/** Speech is between a tone and noise; what is added makes `flac` work as hard as for a noisy line. */
function noisyCall(): Buffer {
  const pcm = tones(MINUTES * 60_000, 440, 1000);
  for (let at = 0; at < pcm.length; at += 2) {
    pcm.writeInt16LE(pcm.readInt16LE(at) + Math.round((Math.random() - 0.5) * 2000), at);
  }
  return pcm;
}

/** From a closed spool file to a verified file in the vault, as the worker does it, but for the rows. */
async function seal(raw: string, rawBytes: number): Promise<number> {
  const recording = { id: randomUUID(), startedAt: new Date() };
  const scratch = join(directory, `${recording.id}.flac`);
  return measure(async () => {
    await vault.prepare(recording);
    const meter = new PcmMeter();
    const metered = async function* () {
      for await (const chunk of createReadStream(raw, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
        meter.add(chunk);
        yield chunk;
      }
    };
    await new FlacEncoder(flac).encode(metered(), rawBytes, scratch);
    meter.finish();
    await vault.put(recording, `${recording.id}.flac.c2sp`, scratch);
    await rm(scratch);
  });
}

async function benchSealing(): Promise<Figure[]> {
  const raw = join(directory, 'call.raw');
  const pcm = noisyCall();
  await writeFile(raw, pcm);
  const format = ['--endian=little', '--sign=signed', '--bps=16', '--channels=2', '--sample-rate=8000'];
  const plain = ['-s', '-f', '-5', '--force-raw-format', ...format, '-o', join(directory, 'plain.flac'), raw];
  const ours: number[] = [];
  const theirs: number[] = [];
  const storing: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await measure(() => run(flac, plain)));
    ours.push(await seal(raw, pcm.length));
    const recording = { id: randomUUID(), startedAt: new Date() };
    await vault.prepare(recording);
    storing.push(await measure(() => vault.put(recording, `${recording.id}.c2sp`, join(directory, 'plain.flac'))));
  }
  const aMinute = (values: number[]) => `${(median(values) / MINUTES).toFixed(1)} ms`;
  const times = median(ours) / median(theirs);
  return [
    {
      what: 'sealing a minute of audio: measured, encoded, verified, encrypted, stored, read back',
      measured: `${aMinute(ours)}, of it encrypting, storing and reading back ${aMinute(storing)}`,
      baseline: `${aMinute(theirs)}; ours takes ${times.toFixed(2)} x`,
      baselineIs: 'flac -5 alone, of the same minute',
    },
  ];
}

async function benchPlaying(): Promise<Figure[]> {
  const file = await audioFile(directory, TWO_HOURS_BYTES);
  const recording = { id: randomUUID(), startedAt: new Date() };
  await vault.prepare(recording);
  let path = '';
  const sealing = await memoryDuring(async () => {
    ({ path } = await vault.put(recording, `${recording.id}.flac.c2sp`, file));
  });
  const starts: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const at = Math.floor(Math.random() * (TWO_HOURS_BYTES - PART_BYTES));
    const first = async () => (await vault.open(recording.id, path)).range(at, at + PART_BYTES);
    starts.push(
      await measure(async () => {
        const playing = await first();
        await playing.next();
        await playing.return();
      }),
    );
  }
  const plain = await plainReads(file);
  const whole = async () => {
    const audio = await vault.open(recording.id, path);
    let bytes = 0;
    for await (const chunk of audio.range(0, audio.plaintextBytes)) bytes += chunk.length;
    if (bytes !== TWO_HOURS_BYTES) throw new Error(`${bytes} bytes were decrypted`);
  };
  let took = NaN;
  const playing = await memoryDuring(async () => (took = await measure(whole)));
  const { size } = await stat(file);
  return [
    startFigure(starts, plain),
    decryptFigure(size / took / 1000, await opensslSpeed()),
    memoryFigure(sealing, playing),
  ];
}

/** Reading the same amount at random places of the file as it was before it was encrypted. */
async function plainReads(file: string): Promise<number[]> {
  const took: number[] = [];
  const buffer = Buffer.alloc(PART_BYTES);
  for (let start = 0; start < STARTS; start++) {
    const at = Math.floor(Math.random() * (TWO_HOURS_BYTES - PART_BYTES));
    took.push(
      await measure(async () => {
        const handle = await open(file, 'r');
        await handle.read(buffer, 0, PART_BYTES, at).finally(() => handle.close());
      }),
    );
  }
  return took;
}

function startFigure(ours: number[], plain: number[]): Figure {
  const told = (values: number[]) =>
    `p50 ${median(values).toFixed(2)} ms, p95 ${percentile(values, 0.95).toFixed(2)} ms`;
  const times = median(ours) / median(plain);
  return {
    what: 'start anywhere in two hours: key, header, end and first chunk (target 20 ms)',
    measured: `${told(ours)} (n=${ours.length})`,
    baseline: `${told(plain)}; ours takes ${times.toFixed(1)} x`,
    baselineIs: 'reading as much of a plain file',
  };
}

function decryptFigure(ours: number, openssl: number | null): Figure {
  const share = openssl === null ? '' : `; ours ${((100 * ours) / openssl).toFixed(0)} %`;
  return {
    what: 'decrypting two hours from the disk',
    measured: `${ours.toFixed(0)} MB/s`,
    baseline: openssl === null ? 'there is no openssl here' : `${openssl.toFixed(0)} MB/s${share}`,
    baselineIs: 'openssl speed, AES-256-GCM in blocks of 16 KiB, in memory',
  };
}

type Memory = Awaited<ReturnType<typeof memoryDuring>>;

function memoryFigure(sealing: Memory, playing: Memory): Figure {
  const grown = ({ before, peak }: Memory) => `${before.toFixed(0)} MB to ${peak.toFixed(0)} MB`;
  return {
    what: 'resident memory while two hours are encrypted and stored, and while they are played',
    measured: `${grown(sealing)}; ${grown(playing)}`,
    baseline: `${(TWO_HOURS_BYTES / MEGABYTE).toFixed(0)} MB`,
    baselineIs: 'size of the two hours: what holding them in memory would add',
  };
}

/** @returns MB/s of AES-256-GCM in blocks of a chunk's size; null where there is no `openssl` */
async function opensslSpeed(): Promise<number | null> {
  const args = ['speed', '-elapsed', '-seconds', '2', '-bytes', '16384', '-decrypt', '-evp', 'aes-256-gcm'];
  const out = await run('openssl', args).catch(() => '');
  const match = /([\d.]+)k\s*$/.exec(out.trim());
  return match ? Number(match[1]) / 1000 : null;
}

try {
  const figures = [...(await benchSealing()), ...(await benchPlaying())];
  process.stdout.write(JSON.stringify(figures));
} finally {
  await remove();
}
