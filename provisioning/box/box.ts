import { resolve } from 'node:path';
import { type Progress } from '../progress.ts';
import { rootEnvironment } from '../run-in-root.ts';
import { removeTree } from '../runtime/build-root.ts';
import { type RunningProcesses } from '../supervision/running-processes.ts';
import { type ProcessPlan, SupervisedProcess } from '../supervision/supervised-process.ts';
import { asteriskCommand, waitForAsterisk } from './asterisk.ts';
import { BACKEND_PROCESSES, backendPlan, type BackendProcess, type Report } from './backend.ts';
import { isTemporary } from './home.ts';
import { postgresCommand, prepareCluster, prepareDatabase, waitForPostgres } from './postgres.ts';
import { type PreparedBox } from './prepare-box.ts';

/** How long the start waits for one part before it goes on without it; the part is still tried again and again. */
const PATIENCE_MS = 30_000;

const ASTERISK_STOP_MS = 1500;
/** Sound that is not handled within 100 ms is lost to the recorder, so Asterisk goes before everything else. */
const ASTERISK_NICENESS = -10;
const POSTGRES_STOP_MS = 2000;

export interface FirstLogin {
  login: string;
  password: string;
}

/** Everything that runs for one home. The caller holds the home's lock. */
export class Box {
  /** Called once, when the first administrator has been made. */
  onFirstLogin: (login: FirstLogin) => void = () => undefined;
  private readonly prepared: PreparedBox;
  private readonly progress: Progress;
  private readonly running: RunningProcesses;
  private readonly ready = new Map<BackendProcess, () => void>();
  private postgres: SupervisedProcess | null = null;
  private asterisk: SupervisedProcess | null = null;
  private backend: SupervisedProcess[] = [];
  private stopped: Promise<void> | null = null;

  constructor(prepared: PreparedBox, running: RunningProcesses, progress: Progress) {
    this.prepared = prepared;
    this.running = running;
    this.progress = progress;
  }

  /** @returns the parts that did not come up in time; they go on being tried */
  async start(): Promise<string[]> {
    // Calls need Asterisk and the telephony process; neither waits for the database.
    const parts = [
      this.part('postgres', () => this.startPostgres()),
      this.part('asterisk', () => this.startAsterisk()),
    ];
    const late = (await Promise.all(parts)).filter((name) => name !== null);
    if (this.stopped) return late;
    const processes = BACKEND_PROCESSES.map((name) => this.part(name, () => this.startBackend(name)));
    return [...late, ...(await Promise.all(processes)).filter((name) => name !== null)];
  }

  private async part(name: string, start: () => Promise<void>): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolveLate) => (timer = setTimeout(() => resolveLate(name), PATIENCE_MS)));
    try {
      return await this.progress.step(`starting ${name}`, () => Promise.race([start().then(() => null), late]));
    } finally {
      clearTimeout(timer);
    }
  }

  private async startPostgres(): Promise<void> {
    const { postgres: place } = this.prepared;
    if (!place) return;
    await prepareCluster(place, this.progress);
    this.postgres = this.supervise({
      name: 'postgres',
      command: () => postgresCommand(place),
      // Fast shutdown: sessions are ended, everything promised is on disk.
      stopSignal: 'SIGINT',
      stopTimeoutMs: POSTGRES_STOP_MS,
    });
    await this.postgres.start();
    await waitForPostgres(place, () => this.throwWhenStopped());
    await prepareDatabase(place);
  }

  private async startAsterisk(): Promise<void> {
    const { runtime, hostsFile, settings, layout, ports, secrets } = this.prepared;
    this.asterisk = this.supervise({
      name: 'asterisk',
      command: () => asteriskCommand(runtime.root, hostsFile, settings.DENWABAN_HOME, layout),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: ASTERISK_STOP_MS,
      niceness: ASTERISK_NICENESS,
    });
    await this.asterisk.start();
    await waitForAsterisk(ports.ariPort, secrets['ari-password'], () => this.throwWhenStopped());
  }

  private supervise(
    plan: Pick<ProcessPlan, 'name' | 'command' | 'stopSignal' | 'stopTimeoutMs' | 'niceness'>,
  ): SupervisedProcess {
    const logFile = resolve(this.prepared.layout.logs, `${plan.name}.log`);
    return new SupervisedProcess({ ...plan, env: rootEnvironment, logFile }, this.progress, this.running);
  }

  private async startBackend(name: BackendProcess): Promise<void> {
    const ready = new Promise<void>((resolveReady) => this.ready.set(name, resolveReady));
    const plan = backendPlan(name, this.prepared.settings, this.prepared.layout, (report) =>
      this.receive(name, report),
    );
    const supervised = new SupervisedProcess(plan, this.progress, this.running);
    this.backend.push(supervised);
    await supervised.start();
    await ready;
  }

  private receive(name: BackendProcess, report: Report): void {
    if (report.type === 'ready') this.ready.get(name)?.();
    else this.onFirstLogin({ login: report.login, password: report.password });
  }

  private throwWhenStopped(): void {
    if (this.stopped) throw new Error('stopped');
  }

  /** Takes everything down: first what uses the others, the database last. Never longer than 10 s. */
  stop(): Promise<void> {
    this.stopped ??= this.stopInOrder();
    return this.stopped;
  }

  private async stopInOrder(): Promise<void> {
    await Promise.all(this.backend.map((supervised) => supervised.stop()));
    await this.asterisk?.stop();
    await this.postgres?.stop();
    const { postgres, layout } = this.prepared;
    if (postgres && isTemporary(postgres.socketDir, layout)) await removeTree(postgres.socketDir);
  }
}
