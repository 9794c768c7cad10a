import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, setPriority } from 'node:os';
import { join } from 'node:path';
import { isRoot } from '../../provisioning/host-tools.ts';
import { SilentProgress } from '../../provisioning/progress.ts';
import { inRoot, rootEnvironment } from '../../provisioning/run-in-root.ts';
import { recipe } from '../../provisioning/runtime/recipe.ts';
import { ensureRuntime } from '../../provisioning/runtime/runtime.ts';
import { architecture } from '../../provisioning/runtime/tools.ts';

/** Where the town's Asterisk sees its home. */
export const INSIDE = '/denwaban/town';

const FOLDERS = ['etc', 'lib', 'run', 'log', 'heard', 'sounds'];
const BOOT_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;
const NICENESS = -10;

/** The town's Asterisk, from the same runtime root as the box's. It is ended by SIGKILL: nothing of it is kept. */
export class TownAsterisk {
  readonly toolsDir: string;
  private readonly home: string;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;

  private constructor(home: string, toolsDir: string, child: ChildProcess) {
    this.home = home;
    this.toolsDir = toolsDir;
    this.child = child;
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** @param configure writes the configuration into `<home>/etc`; given Asterisk's module directory */
  static async start(home: string, configure: (moduleDir: string) => Promise<void>): Promise<TownAsterisk> {
    const { root, toolsDir } = await ensureRuntime(new SilentProgress());
    const { id } = recipe.users.asterisk;
    for (const folder of FOLDERS) {
      await mkdir(join(home, folder));
      if (isRoot()) await chown(join(home, folder), id, id);
    }
    await configure(`/${architecture().libraries}/asterisk/modules`);
    const hostsFile = join(home, 'hosts');
    await writeFile(hostsFile, `127.0.0.1 localhost ${hostname()}\n`);
    const { file, args } = inRoot({
      root,
      user: 'asterisk',
      hostsFile,
      binds: [{ from: home, to: INSIDE }],
      deathSignal: 'KILL',
      command: ['asterisk', '-f', '-C', `${INSIDE}/etc/asterisk.conf`],
    });
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], env: rootEnvironment });
    // Phones have processors of their own; here they must not wait for the box's database and the tests.
    if (isRoot() && child.pid !== undefined) setPriority(child.pid, NICENESS);
    return new TownAsterisk(home, toolsDir, child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Waits until `answers` no longer throws. */
  async untilBooted(answers: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    for (;;) {
      try {
        await answers();
        return;
      } catch (error) {
        if (Date.now() > deadline || this.child.exitCode !== null) {
          const log = await readFile(join(this.home, 'log', 'messages.log'), 'utf8').catch(() => '');
          throw new Error(`the town did not start:\n${log}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
