import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';

export class ToolFailedError extends Error {
  override readonly name = 'ToolFailedError';
}

/** A command that reads its standard input and writes its standard output as it goes. */
export interface Tool {
  command: string;
  args: readonly string[];
  environment?: Record<string, string>;
  /** Given over file descriptor 3, so that it stands neither in the list of processes nor in an environment. */
  secret?: string;
  /** What it must not have said, although it may have ended with success. */
  fatal?: RegExp;
}

/** Nothing at all for this long, while its output was waited for: it hangs. The slowest start, scrypt, takes seconds. */
const PATIENCE_MS = 120_000;
const KEPT_STDERR = 2000;

/**
 * What a tool makes of the input, at low priority, as fast as it is read and no faster. Returning early ends the tool
 * and the reading of the input.
 * @throws ToolFailedError; what `input` throws, in preference: the tool only saw an early end
 */
export async function* throughTool(
  tool: Tool,
  input: AsyncIterable<Uint8Array>,
  patienceMs = PATIENCE_MS,
): AsyncGenerator<Buffer> {
  const running = new RunningTool(tool, input);
  try {
    yield* running.output(patienceMs);
    await running.succeeded();
  } finally {
    await running.end();
  }
}

class RunningTool {
  private readonly child: ChildProcess;
  private readonly stdin: Writable;
  private readonly stdout: Readable;
  private readonly exit: Promise<string>;
  private readonly fed: Promise<void>;
  private complaint = '';
  private inputFailure: { error: unknown } | null = null;
  private outOfPatience = false;

  constructor(
    private readonly tool: Tool,
    input: AsyncIterable<Uint8Array>,
  ) {
    const { command, args, environment, secret } = tool;
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe', secret === undefined ? 'ignore' : 'pipe'],
      ...(environment && { env: environment }),
    });
    // Before all else: a process that is out of file descriptors gets no pipes, and this error a moment later.
    this.exit = new Promise((done) => {
      this.child.once('error', (error) => done(error.message));
      this.child.once('close', (code, signal) => done(code === 0 ? '' : `exit ${code ?? signal}`));
    });
    const { stdin, stdout, stderr } = this.child;
    if (!stdin || !stdout || !stderr) throw new ToolFailedError(`${command}: no pipes`);
    [this.stdin, this.stdout] = [stdin, stdout];
    if (this.child.pid !== undefined) lowerPriority(this.child.pid);
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaint = (this.complaint + text).slice(-KEPT_STDERR);
    });
    if (secret !== undefined) give(this.child.stdio[3] as Writable, secret);
    this.fed = this.feed(input).catch((error: unknown) => {
      this.inputFailure = { error };
      this.child.kill('SIGKILL');
    });
  }

  async *output(patienceMs: number): AsyncGenerator<Buffer> {
    const arm = () =>
      setTimeout(() => {
        this.outOfPatience = true;
        this.child.kill('SIGKILL');
      }, patienceMs);
    let timer = arm();
    try {
      for await (const chunk of this.stdout as AsyncIterable<Buffer>) {
        // A reader that takes its time is not the tool's fault.
        clearTimeout(timer);
        yield chunk;
        timer = arm();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async succeeded(): Promise<void> {
    const failure = await this.exit;
    await this.fed;
    if (this.inputFailure) throw this.inputFailure.error;
    const { command, fatal } = this.tool;
    const reason = this.outOfPatience ? 'said nothing for too long' : failure;
    if (reason || fatal?.test(this.complaint)) {
      throw new ToolFailedError(`${command}: ${reason} ${this.complaint}`.trim());
    }
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    this.stdin.destroy();
    await this.fed;
  }

  private async feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    const { stdin } = this;
    // A tool that ends early closes its input: its exit tells, not this.
    stdin.on('error', () => undefined);
    const closed = new Promise((done) => stdin.once('close', done));
    for await (const chunk of input) {
      if (stdin.destroyed) return;
      if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain').catch(() => undefined), closed]);
    }
    stdin.end();
  }
}

function give(pipe: Writable, secret: string): void {
  pipe.on('error', () => undefined).end(secret);
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, which its exit tells.
  }
}
