import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { FlacEncoder } from '../../../backend/src/recordings/formats/flac-encoder.ts';
import { PcmMeter } from '../../../backend/src/recordings/pcm.ts';
import { TerminalProgress } from '../../../provisioning/progress.ts';
import { ensureRuntime } from '../../../provisioning/runtime/runtime.ts';
import { tones } from './audio.ts';
import { audioFile, loneVault, TWO_HOURS_BYTES } from './lone-vault.ts';

/** Started by `test/bench/vault.ts`: figures of the vault, each beside a baseline of the same run. Never fails on time. */
const MINUTES = 5;
const ROUNDS = 5;
const STARTS = 300;
const PART_BYTES = 64 * 1024;

const { toolsDir } = await ensureRuntime(new TerminalProgress(process.stderr));
const { vault, directory, remove } = await loneVault();
const flac = join(toolsDir, 'flac');

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN;
const median = (values: number[]) => quantile(values, 0.5);
const say = (what: string, figure: string) => process.stdout.write(`${what.padEnd(62)} ${figure}\n`);

async function measure(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
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

async function benchSealing(): Promise<void> {
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
  say('sealing a minute of audio (measured, verified, encrypted, read back)', aMinute(ours));
  say('  of it encrypting, writing, reading back', aMinute(storing));
  say('  plain flac -5 of the same minute', `${aMinute(theirs)}; ours ${times.toFixed(2)} x`);
}

async function benchPlaying(): Promise<void> {
  const file = await audioFile(directory, TWO_HOURS_BYTES);
  const recording = { id: randomUUID(), startedAt: new Date() };
  await vault.prepare(recording);
  const { path } = await vault.put(recording, `${recording.id}.flac.c2sp`, file);
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
  const [p50, p95] = [median(starts), quantile(starts, 0.95)];
  say(
    'start anywhere in two hours: key, header, end and first chunk',
    `p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms`,
  );
  const took = await measure(async () => {
    const audio = await vault.open(recording.id, path);
    let bytes = 0;
    for await (const chunk of audio.range(0, audio.plaintextBytes)) bytes += chunk.length;
    if (bytes !== TWO_HOURS_BYTES) throw new Error(`${bytes} bytes were decrypted`);
  });
  const { size } = await stat(file);
  const ours = size / took / 1000;
  const openssl = await opensslSpeed();
  const share =
    openssl === null ? '' : `; openssl ${openssl.toFixed(0)} MB/s, ours ${((100 * ours) / openssl).toFixed(0)} %`;
  say('decrypting two hours from the disk', `${ours.toFixed(0)} MB/s${share}`);
  say('most memory this process ever took', `${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`);
}

/** @returns MB/s of AES-256-GCM in blocks of a chunk's size; null where there is no `openssl` */
async function opensslSpeed(): Promise<number | null> {
  const args = ['speed', '-elapsed', '-seconds', '2', '-bytes', '16384', '-decrypt', '-evp', 'aes-256-gcm'];
  const out = await run('openssl', args).catch(() => '');
  const match = /([\d.]+)k\s*$/.exec(out.trim());
  return match ? Number(match[1]) / 1000 : null;
}

try {
  await benchSealing();
  await benchPlaying();
} finally {
  await remove();
}
