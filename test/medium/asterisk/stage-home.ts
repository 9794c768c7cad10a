import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../provisioning/runtime/build-root.ts';
import { RunningProcesses } from '../../../provisioning/supervision/running-processes.ts';

const PREFIX = 'denwaban-stage-';
const PROCESSES = 'processes.json';
/** Who opened the stage; while this one runs, it is somebody's. */
const OWNER = 'owner';

/** The folder of a stage, in which stands which processes belong to it: a run that was killed leaves it for the next one to clear. */
export class StageHome {
  readonly path: string;
  private readonly processes: RunningProcesses;

  /** @param folder in which stages make theirs */
  constructor(folder = tmpdir()) {
    this.path = mkdtempSync(join(folder, PREFIX));
    this.processes = new RunningProcesses(join(this.path, PROCESSES));
    this.processes.add(OWNER, process.pid);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** Notes down a process that has to end with the stage. */
  belongs(name: string, pid: number): void {
    this.processes.add(name, pid);
  }

  async remove(): Promise<void> {
    await removeTree(this.path);
  }

  /**
   * Ends the processes and removes the folders of stages whose owner is gone. Others' are left alone.
   * @returns the folders
   */
  static async clearLeftovers(folder = tmpdir()): Promise<string[]> {
    const cleared: string[] = [];
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
      const path = join(folder, name);
      // One that has just been made has no file yet.
      if (!existsSync(join(path, PROCESSES))) continue;
      const processes = new RunningProcesses(join(path, PROCESSES));
      if (processes.alive().some((one) => one.name === OWNER)) continue;
      await processes.endLeftovers();
      // Two may clear the same one at the same time.
      await removeTree(path).catch(() => undefined);
      cleared.push(path);
    }
    return cleared;
  }
}
