import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A tool of the runtime root did not do what it was asked; says with its own words why. */
export class SoundToolFailedError extends Error {
  override readonly name = 'SoundToolFailedError';
}

export interface ToolRun {
  command: string;
  args: string[];
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** After this it hangs, and is ended. */
  timeoutMs: number;
  /** Gets what the tool puts out; nothing is kept of it when not given. */
  output?: (bytes: Buffer) => void;
}

const KEPT_STDERR = 2000;

/**
 * Runs a tool from its input to its end, at low priority so that calls never wait for it: with the processor it also
 * yields the disk, because the kernel takes the I/O priority from the nice value (ioprio_set(2)).
 * @throws SoundToolFailedError, and what `input` throws
 */
export async function runTool({ command, args, input, timeoutMs, output }: ToolRun): Promise<void> {
  const child = spawn(command, args, { stdio: 'pipe' });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-KEPT_STDERR);
  });
  child.stdout.on('data', output ?? (() => undefined));
  const exit = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(code === 0 ? '' : `exit ${code ?? signal}`));
  });
  const source = new Source(input);
  try {
    if (child.pid !== undefined) lowerPriority(child.pid);
    // It knows how much is to come and may close its input before we do: only its exit and its output tell.
    await pipeline(Readable.from(source, { objectMode: false }), child.stdin).catch(() => undefined);
    const failure = await exit;
    if (source.failure !== null) throw source.failure;
    if (failure) throw new SoundToolFailedError(`${failure} ${complaint}`.trim());
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps a failure of the source, which the tool would only see as an early end. */
class Source {
  failure: Error | null = null;
  private readonly input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

  constructor(input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.input = input;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const chunks = iteratorOf(this.input);
    try {
      for (;;) {
        // Not `for await`: a closed pipe throws into this generator, which would look like the source's failure.
        const next = await (async () => chunks.next())().catch((error: unknown) => {
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

const iteratorOf = (
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterator<Uint8Array, unknown> | Iterator<Uint8Array, unknown> =>
  Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, which its exit tells.
  }
}
