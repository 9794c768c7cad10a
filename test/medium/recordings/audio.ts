import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';

const RATE = 8000;

/** What Asterisk would have left in the spool: a tone on each side. */
export function tones(durationMs: number, leftHertz: number, rightHertz: number): Buffer {
  const frames = (durationMs * RATE) / 1000;
  const pcm = Buffer.alloc(frames * 4);
  for (let frame = 0; frame < frames; frame++) {
    const turns = (2 * Math.PI * frame) / RATE;
    pcm.writeInt16LE(Math.round(8000 * Math.sin(leftHertz * turns)), frame * 4);
    pcm.writeInt16LE(Math.round(8000 * Math.sin(rightHertz * turns)), frame * 4 + 2);
  }
  return pcm;
}

/** Decodes FLAC back to its samples, interleaved where there are two sides. */
export async function decodeFlac(toolsDir: string, audio: Buffer): Promise<Buffer> {
  return flac(toolsDir, ['--decode', '--force-raw-format', '--endian=little', '--sign=signed'], audio);
}

/** Encodes interleaved stereo. */
export async function encodeFlac(toolsDir: string, pcm: Buffer): Promise<Buffer> {
  const raw = ['--force-raw-format', '--endian=little', '--sign=signed', '--channels=2', '--bps=16'];
  return flac(toolsDir, [...raw, `--sample-rate=${RATE}`, `--input-size=${pcm.length}`], pcm);
}

async function flac(toolsDir: string, options: string[], input: Buffer): Promise<Buffer> {
  const child = spawn(join(toolsDir, 'flac'), ['--silent', '--stdout', ...options, '-'], { stdio: 'pipe' });
  const exit = once(child, 'close').then(([status]: (number | null)[]) => status);
  child.stdin.on('error', () => undefined).end(input);
  const [output, complaint, code] = await Promise.all([buffer(child.stdout), text(child.stderr), exit]);
  if (code !== 0) throw new Error(`flac: exit ${code ?? 'by signal'} ${complaint}`);
  return output;
}

/** Amplitude of one frequency on one side (Goertzel), in steps of a 16-bit sample. */
export function amplitudeOf(pcm: Buffer, side: 'left' | 'right', hertz: number): number {
  const frames = pcm.length / 4;
  const factor = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let [last, beforeLast] = [0, 0];
  for (let frame = 0; frame < frames; frame++) {
    const sample = pcm.readInt16LE(frame * 4 + (side === 'left' ? 0 : 2));
    [last, beforeLast] = [sample + factor * last - beforeLast, last];
  }
  const power = last ** 2 + beforeLast ** 2 - factor * last * beforeLast;
  return (2 * Math.sqrt(Math.max(0, power))) / frames;
}
