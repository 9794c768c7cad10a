import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const Entry = z.object({ name: z.string(), pid: z.int(), startedAt: z.string() });
type Entry = z.infer<typeof Entry>;

/**
 * Which processes belong to a home, kept in a file: after the starter was killed, the next one must find what it left.
 * A process is known by its pid and the moment it started, so that a reused pid is never mistaken for it.
 */
export class RunningProcesses {
  private readonly file: string;
  private entries: Entry[];

  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.entries = readEntries(file);
  }

  add(name: string, pid: number): void {
    this.entries = [
      ...this.entries.filter((entry) => entry.name !== name),
      { name, pid, startedAt: startOf(pid) ?? '' },
    ];
    this.save();
  }

  remove(name: string): void {
    this.entries = this.entries.filter((entry) => entry.name !== name);
    this.save();
  }

  /** Those of the file that still run. */
  alive(): { name: string; pid: number }[] {
    return this.entries
      .filter(({ pid, startedAt }) => startedAt !== '' && startOf(pid) === startedAt)
      .map(({ name, pid }) => ({ name, pid }));
  }

  /**
   * Ends what an earlier starter left.
   * @returns their names
   */
  async endLeftovers(patienceMs = 3000): Promise<string[]> {
    const found = this.alive();
    found.forEach(({ pid }) => signal(pid, 'SIGTERM'));
    await this.allGone(patienceMs);
    this.alive().forEach(({ pid }) => signal(pid, 'SIGKILL'));
    await this.allGone(patienceMs);
    this.entries = [];
    this.save();
    return found.map(({ name }) => name);
  }

  private async allGone(patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    while (this.alive().length > 0 && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  private save(): void {
    writeFileSync(`${this.file}.partial`, JSON.stringify(this.entries, null, 2));
    renameSync(`${this.file}.partial`, this.file);
  }
}

function readEntries(file: string): Entry[] {
  if (!existsSync(file)) return [];
  try {
    return z.array(Entry).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone in the meantime
  }
}

/** Boot and clock tick at which a process started (proc(5), field 22 of stat); null when it is gone or a zombie. */
export function startOf(pid: number): string | null {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    if (afterName[0] === 'Z') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${afterName[19] ?? ''}`;
  } catch {
    return null;
  }
}
