import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

/** A command of the host that ended badly, with the end of what it said. */
export class CommandFailed extends Error {
  readonly command: string;
  readonly output: string;

  constructor(command: string, reason: string, output: string) {
    super(`${command}: ${reason}\n${output.trimEnd().split('\n').slice(-15).join('\n')}`);
    this.command = command;
    this.output = output;
  }
}

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  input?: string | Buffer;
  /** Given each line of both outputs as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command to its end.
 * @returns what it wrote to standard output
 * @throws CommandFailed when it cannot be started or ends with anything but 0
 */
export async function runCommand(file: string, args: string[], options: CommandOptions = {}): Promise<string> {
  return (await runForBytes(file, args, options)).toString('utf8');
}

const running = new Set<ChildProcess>();

/** Ends the commands that are at work now, because nobody waits for them any more. */
export function stopRunningCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

export function runForBytes(file: string, args: string[], options: CommandOptions = {}): Promise<Buffer> {
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, spawnOptions);
    running.add(child);
    const stdout: Buffer[] = [];
    let all = '';
    const listen = (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      all = (all + text).slice(-20_000);
      if (options.onLine) text.split('\n').filter(Boolean).forEach(options.onLine);
    };
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
    child.on('error', (error) => reject(new CommandFailed(file, error.message, all)));
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(Buffer.concat(stdout));
      else
        reject(new CommandFailed(`${file} ${args.slice(0, 6).join(' ')}`, `ended with ${signal ?? code ?? ''}`, all));
    });
  });
}
