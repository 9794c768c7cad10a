import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';
import { type Progress } from '../progress.ts';
import { delayBeforeRestart, failuresAfter } from './back-off.ts';
import { LogFile } from './log-file.ts';
import { readLogLine } from './log-line.ts';
import { type RunningProcesses } from './running-processes.ts';

export interface ProcessPlan {
  name: string;
  /** Built anew at every start: paths and binds may have to be made again. */
  command: () => Promise<{ file: string; args: string[] }> | { file: string; args: string[] };
  env: Record<string, string | undefined>;
  /** Gives the process an IPC channel, over which it says that it is ready. */
  reports?: (report: unknown) => void;
  /** Above 0 it yields the processor to the others, below 0 it goes before them (nice(1)). */
  niceness?: number;
  stopSignal: NodeJS.Signals;
  /** After that it is killed. */
  stopTimeoutMs: number;
  logFile: string;
}

/** One process that is to run as long as the box does: started again with back-off whenever it ends, never in silence. */
export class SupervisedProcess {
  readonly name: string;
  private readonly plan: ProcessPlan;
  private readonly progress: Progress;
  private readonly running: RunningProcesses;
  private readonly log: LogFile;
  private child: ChildProcess | null = null;
  private failures = 0;
  private stopping = false;
  private retry: NodeJS.Timeout | null = null;
  private lastWords = '';

  constructor(plan: ProcessPlan, progress: Progress, running: RunningProcesses) {
    this.name = plan.name;
    this.plan = plan;
    this.progress = progress;
    this.running = running;
    this.log = new LogFile(plan.logFile);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How often in a row it has ended by itself. */
  get failuresInARow(): number {
    return this.failures;
  }

  /** What it said last, for the message about its end. */
  get lastLine(): string {
    return this.lastWords;
  }

  async start(): Promise<void> {
    if (this.stopping) return;
    const { file, args } = await this.plan.command();
    const started = performance.now();
    const child = spawn(file, args, {
      env: this.plan.env,
      stdio: ['ignore', 'pipe', 'pipe', ...(this.plan.reports ? (['ipc'] as const) : [])],
      // Ctrl-C at the terminal goes to the starter alone, which stops everything in order.
      detached: true,
    });
    this.child = child;
    if (child.pid !== undefined) {
      this.running.add(this.name, child.pid);
      if (this.plan.niceness) yieldOrGoBefore(child.pid, this.plan.niceness);
    }
    for (const stream of [child.stdout, child.stderr]) if (stream) this.listen(stream);
    if (this.plan.reports) child.on('message', this.plan.reports);
    child.on('error', (error) => (this.lastWords = error.message));
    child.on('close', (code, signal) => this.ended(child, performance.now() - started, signal ?? `exit code ${code}`));
  }

  private listen(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.log.write(line);
      const { severity, text } = readLogLine(line);
      if (text) this.lastWords = text;
      if (severity === 'warning') this.progress.warn(`${this.name}: ${text}`);
      if (severity === 'error') this.progress.error(`${this.name}: ${text}`);
    });
  }

  private ended(child: ChildProcess, ranMs: number, reason: string): void {
    if (this.child === child) this.child = null;
    this.running.remove(this.name);
    if (this.stopping) return;
    this.failures = failuresAfter(this.failures, ranMs);
    const delayMs = delayBeforeRestart(this.failures);
    this.progress.warn(
      `${this.name} ended after ${(ranMs / 1000).toFixed(1)} s (${reason}${this.lastWords ? `: ${this.lastWords}` : ''}); ` +
        `starting it again in ${delayMs / 1000} s (failure ${this.failures} in a row)`,
    );
    this.retry = setTimeout(() => this.startAgain(), delayMs);
  }

  private startAgain(): void {
    this.start().catch((error: unknown) => {
      this.lastWords = String(error);
      this.failures += 1;
      const delayMs = delayBeforeRestart(this.failures);
      this.progress.error(`${this.name} could not be started: ${String(error)}; next try in ${delayMs / 1000} s`);
      this.retry = setTimeout(() => this.startAgain(), delayMs);
    });
  }

  /** Ends it for good: the stop signal, then SIGKILL. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.retry) clearTimeout(this.retry);
    const child = this.child;
    if (child) {
      const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.kill(this.plan.stopSignal);
      const kill = setTimeout(() => {
        this.progress.warn(`${this.name} did not stop within ${this.plan.stopTimeoutMs / 1000} s and is killed`);
        child.kill('SIGKILL');
      }, this.plan.stopTimeoutMs);
      await gone;
      clearTimeout(kill);
    }
    this.log.close();
  }
}

/** Going before others needs a privilege; without it the process is one among equals. */
function yieldOrGoBefore(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch (error) {
    if (niceness > 0) throw error;
  }
}
