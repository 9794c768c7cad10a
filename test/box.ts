import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { freeLocalPort, whyNotListen } from '../provisioning/box/ports.ts';
import { project } from '../provisioning/project.ts';
import { removeTree } from '../provisioning/runtime/build-root.ts';
import { RunningProcesses } from '../provisioning/supervision/running-processes.ts';

type Settings = Partial<Record<`DENWABAN_${string}`, string>>;

/** A whole box, started by the real starter, as an operator would. */
export interface RunningBox {
  /** `https://127.0.0.1:<port>` */
  url: string;
  /** Of the first administrator, whose log-in is `admin`. */
  adminPassword: string;
  home: string;
  sipPort: number;
  /** Certificate authority of the console, PEM. */
  ca: string;
  environment: Settings;
  /** Of what runs now: `starter`, `postgres`, `asterisk`, `telephony`, `api`, `worker`. */
  readonly pids: Partial<Record<string, number>>;
  /** Everything the starter has printed so far. */
  readonly logs: string;
  kill(name: string, signal?: NodeJS.Signals): void;
  /** Waits until a process runs under another pid than `formerPid`. */
  restarted(name: string, formerPid: number | undefined): Promise<number>;
  /** Ends the box as an operator would, and removes its home unless it was given. */
  stop(): Promise<{ exitCode: number | null; tookMs: number }>;
}

export class BoxDidNotStart extends Error {
  readonly exitCode: number | null;

  constructor(reason: string, logs: string, exitCode: number | null) {
    super(`${reason}\n${logs}`);
    this.exitCode = exitCode;
  }
}

const START_TIMEOUT_MS = 120_000;
const RESTART_TIMEOUT_MS = 40_000;

/** Starts a box with free ports and a home of its own; several may run at once. */
export async function startBox(overrides: Settings = {}): Promise<RunningBox> {
  const temporary = overrides.DENWABAN_HOME === undefined;
  const home = overrides.DENWABAN_HOME ?? mkdtempSync(resolve(tmpdir(), 'denwaban-box-'));
  const environment: Settings = { ...(await freePorts()), DENWABAN_HOME: home, ...overrides };
  environment.DENWABAN_ADMIN_PASSWORD ??= 'a first password for tests';
  const starter = spawnStarter(environment);
  try {
    await starter.ready;
  } catch (error) {
    if (temporary) await removeTree(home);
    throw error;
  }
  return runningBox(home, temporary, environment, starter);
}

interface Starter {
  child: ChildProcess;
  ready: Promise<void>;
  exited: Promise<number | null>;
  output: () => string;
}

function spawnStarter(environment: Settings): Starter {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('DENWABAN_'));
  const child = spawn(process.execPath, [resolve(project.root, 'provisioning/start.ts')], {
    cwd: project.root,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolveExit) => child.once('close', (code) => resolveExit(code)));
  const ready = new Promise<void>((resolveReady, reject) => {
    const fail = (reason: string, code: number | null) => reject(new BoxDidNotStart(reason, output, code));
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(`the box was not up within ${START_TIMEOUT_MS / 1000} s`, null);
    }, START_TIMEOUT_MS);
    child.on('message', (message) => {
      clearTimeout(timer);
      const { late } = message as { late: string[] };
      if (late.length === 0) {
        resolveReady();
        return;
      }
      child.kill('SIGTERM');
      fail(`not up in time: ${late.join(', ')}`, null);
    });
    void exited.then((code) => {
      clearTimeout(timer);
      fail(`the starter ended with ${code}`, code);
    });
  });
  return { child, ready, exited, output: () => output };
}

function runningBox(home: string, temporary: boolean, environment: Settings, starter: Starter): RunningBox {
  const pids = () => {
    const alive = new RunningProcesses(resolve(home, 'run', 'processes.json')).alive();
    const entries = alive.map(({ name, pid }) => [name, pid] as const);
    return Object.fromEntries([['starter', starter.child.pid ?? 0] as const, ...entries]);
  };
  return {
    url: `https://127.0.0.1:${environment.DENWABAN_HTTPS_PORT ?? ''}`,
    adminPassword: environment.DENWABAN_ADMIN_PASSWORD ?? '',
    home,
    sipPort: Number(environment.DENWABAN_SIP_PORT),
    ca: readFileSync(resolve(home, 'tls', 'ca.crt'), 'utf8'),
    environment,
    get pids() {
      return pids();
    },
    get logs() {
      return starter.output();
    },
    kill(name, signal = 'SIGKILL') {
      const pid = pids()[name];
      if (!pid) throw new Error(`${name} does not run`);
      process.kill(pid, signal);
    },
    async restarted(name, formerPid) {
      const until = performance.now() + RESTART_TIMEOUT_MS;
      for (;;) {
        const pid = pids()[name];
        if (pid && pid !== formerPid) return pid;
        if (performance.now() > until) throw new Error(`${name} was not started again\n${starter.output()}`);
        await new Promise((resolveWait) => setTimeout(resolveWait, 50));
      }
    },
    async stop() {
      const began = performance.now();
      starter.child.kill('SIGTERM');
      const exitCode = await starter.exited;
      const tookMs = performance.now() - began;
      if (temporary) await removeTree(home);
      return { exitCode, tookMs };
    },
  };
}

/** Ports nobody listens on now; the kernel does not give the same one twice in a row. */
async function freePorts(): Promise<Settings> {
  const [first, last] = await freeRtpRange();
  return {
    DENWABAN_HTTPS_PORT: String(await freeLocalPort(undefined)),
    DENWABAN_SIP_PORT: String(await freeUdpPort()),
    DENWABAN_RTP_PORTS: `${first}-${last}`,
  };
}

function freeUdpPort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolvePort(port));
    });
  });
}

/** Below the ports the kernel gives to others (32768 and up). */
async function freeRtpRange(size = 400): Promise<[number, number]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 11_000 + 2 * Math.floor(Math.random() * 10_000);
    const taken = await Promise.all(
      [0, 1, 2, size - 1].map((offset) => whyNotListen('udp', '127.0.0.1', first + offset)),
    );
    if (taken.every((reason) => reason === null)) return [first, first + size - 1];
  }
  throw new Error('no free range of ports for sound was found');
}
