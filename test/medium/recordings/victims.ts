import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Settings } from '../../../backend/src/platform/settings.ts';

interface Victim {
  child: ChildProcess;
  ready: Promise<unknown>;
}

/**
 * Processes of a program in this folder that say when they are ready, take one order and kill themselves in the middle of it,
 * if it has as many steps. The next one starts while this one dies.
 */
export class Victims<Order extends object> {
  private next: Victim | null = null;
  private readonly program: string;
  private readonly settings: Settings;

  constructor(program: string, settings: Settings) {
    this.program = program;
    this.settings = settings;
  }

  /** @returns whether it died on the way; false when it came to its end */
  async die(order: Order): Promise<boolean> {
    const { child, ready } = this.next ?? this.start();
    this.next = this.start();
    await ready;
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.send(order);
    const [code, signal] = await exit;
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the victim ended by itself: ${code ?? signal}`);
    return signal === 'SIGKILL';
  }

  stop(): void {
    this.next?.child.kill('SIGKILL');
    this.next = null;
  }

  private start(): Victim {
    const { DENWABAN_HOME, DENWABAN_POSTGRES_URL } = this.settings.operator;
    const child = fork(new URL(this.program, import.meta.url), {
      execArgv: ['--no-warnings', '--import', new URL('swc-register.mjs', import.meta.url).href],
      env: { DENWABAN_HOME, DENWABAN_POSTGRES_URL },
    });
    return { child, ready: once(child, 'message') };
  }
}
