import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BYTES_PER_FRAME, CHANNELS, durationOf, SAMPLE_RATE } from './pcm.ts';

export class EncoderFailedError extends Error {
  override readonly name = 'EncoderFailedError';
}

/** `flac` runs some thousand times faster than speech; what takes a hundredth of it hangs. */
const LEAST_SPEED = 100;
const START_TIMEOUT_MS = 30_000;
const KEPT_STDERR = 2000;

/** `--verify` decodes while it encodes and compares. Two channels always: the sides are evidence of who spoke. */
const argumentsFor = (pcmBytes: number, target: string) => [
  ...['--silent', '--force', '--verify', '-5', '--no-padding', '--seekpoint=10s'],
  ...['--force-raw-format', '--endian=little', '--sign=signed', '--bps=16'],
  ...[`--channels=${CHANNELS}`, `--sample-rate=${SAMPLE_RATE}`, `--input-size=${pcmBytes}`],
  ...['-o', target, '-'],
];

/** More would not be faster on the smallest box and would take the processor from calls. */
const AT_ONCE = 2;

/** Lossless encoding by the `flac` of the runtime root, at low priority so that calls never wait for it. */
export class FlacEncoder {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly command: string,
    private readonly startTimeoutMs = START_TIMEOUT_MS,
  ) {}

  /**
   * Waits for its turn: two run at once.
   * @param pcm interleaved stereo as in `pcm.ts`
   * @param pcmBytes how much `pcm` will yield
   * @param target file to write; what is there is replaced
   * @throws EncoderFailedError, and what `pcm` throws
   */
  async encode(pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void> {
    if (this.running >= AT_ONCE) await new Promise<void>((turn) => this.waiting.push(turn));
    else this.running++;
    try {
      await this.run(pcm, pcmBytes, target);
      const encoded = await encodedFrames(target);
      const expected = pcmBytes / BYTES_PER_FRAME;
      if (encoded !== expected) throw new EncoderFailedError(`flac: ${encoded} of ${expected} frames were encoded`);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private async run(pcm: AsyncIterable<Uint8Array>, pcmBytes: number, target: string): Promise<void> {
    const child = spawn(this.command, argumentsFor(pcmBytes, target), { stdio: ['pipe', 'ignore', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), this.startTimeoutMs + durationOf(pcmBytes) / LEAST_SPEED);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-KEPT_STDERR);
    });
    const exit = new Promise<string>((done) => {
      child.once('error', (error) => done(error.message));
      child.once('close', (code, signal) => done(code === 0 ? '' : `exit ${code ?? signal}`));
    });
    const source = new Source(pcm);
    try {
      if (child.pid !== undefined) lowerPriority(child.pid);
      // It knows how much is to come and may close its input before we do: only its exit and its output tell.
      await pipeline(Readable.from(source, { objectMode: false }), child.stdin).catch(() => undefined);
      const failure = await exit;
      if (source.failure !== null) throw source.failure;
      if (failure) throw new EncoderFailedError(`flac: ${failure} ${complaint}`.trim());
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Number of samples a side, as the finished file says: RFC 9639, 8.2, the last 36 bits before the checksum. */
async function encodedFrames(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(26);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.toString('latin1', 0, 4) !== 'fLaC') return 0;
    return (header.readUInt8(21) & 0x0f) * 2 ** 32 + header.readUInt32BE(22);
  } finally {
    await file.close();
  }
}

/** Keeps a failure of the source, which `flac` would only see as an early end. */
class Source {
  failure: Error | null = null;

  constructor(private readonly pcm: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const chunks: AsyncIterator<Uint8Array, unknown> = this.pcm[Symbol.asyncIterator]();
    try {
      for (;;) {
        // Not `for await`: a closed pipe throws into this generator, which would look like the source's failure.
        const next = await chunks.next().catch((error: unknown) => {
          this.failure = error instanceof Error ? error : new Error(String(error));
          throw error;
        });
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await chunks.return?.();
    }
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, which its exit tells.
  }
}
