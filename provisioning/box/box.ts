import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { type HomeLayout, type OperatorSettings } from '../../backend/src/platform/settings.ts';
import { type Progress } from '../progress.ts';
import { project } from '../project.ts';
import { rootEnvironment } from '../run-in-root.ts';
import { installPrompts } from '../runtime/prompts.ts';
import { removeTree } from '../runtime/build-root.ts';
import { type Runtime } from '../runtime/runtime.ts';
import { type RunningProcesses } from '../supervision/running-processes.ts';
import { SupervisedProcess } from '../supervision/supervised-process.ts';
import { asteriskCommand, templateValues, waitForAsterisk, writeAsteriskConfiguration } from './asterisk.ts';
import { BACKEND_PROCESSES, backendPlan, type BackendProcess, type Report } from './backend.ts';
import { ensureCertificates, type CertificateNames } from './certificates.ts';
import { lastEndpoints, writeEndpoints } from './endpoints.ts';
import { isTemporary, postgresSocketDir, prepareHome, writeHostsFile } from './home.ts';
import { prepareMasterKey } from './master-key.ts';
import { freeLocalPort } from './ports.ts';
import { postgresCommand, prepareCluster, prepareDatabase, waitForPostgres, type PostgresPlace } from './postgres.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';

/** How long the start waits for one part before it goes on without it; the part is still tried again and again. */
const PATIENCE_MS = 30_000;

const ASTERISK_STOP_MS = 1500;
const POSTGRES_STOP_MS = 2000;

export interface FirstLogin {
  login: string;
  password: string;
}

/** Everything that runs for one home. The caller holds the home's lock. */
export class Box {
  caFile = '';
  /** Called once, when the first administrator has been made. */
  onFirstLogin: (login: FirstLogin) => void = () => undefined;
  private readonly settings: OperatorSettings;
  private readonly runtime: Runtime;
  private readonly progress: Progress;
  private readonly layout: HomeLayout;
  private readonly running: RunningProcesses;
  private readonly secrets: Secrets;
  private readonly hostsFile: string;
  private readonly socketDir: string | null;
  private readonly ready = new Map<BackendProcess, () => void>();
  private postgres: SupervisedProcess | null = null;
  private asterisk: SupervisedProcess | null = null;
  private backend: SupervisedProcess[] = [];
  private stopped: Promise<void> | null = null;

  constructor(settings: OperatorSettings, runtime: Runtime, running: RunningProcesses, progress: Progress) {
    this.settings = settings;
    this.runtime = runtime;
    this.running = running;
    this.progress = progress;
    this.layout = prepareHome(settings.DENWABAN_HOME);
    this.secrets = ensureSecrets(this.layout.secrets);
    this.hostsFile = writeHostsFile(this.layout);
    this.socketDir = settings.DENWABAN_POSTGRES_URL ? null : postgresSocketDir(this.layout);
  }

  /** @returns the parts that did not come up in time; they go on being tried */
  async start(): Promise<string[]> {
    // First of all: what follows is what tells a new box from one that had a key.
    await prepareMasterKey(this.layout, process.env.CREDENTIALS_DIRECTORY, this.progress);
    await this.prepareCertificates();
    await installPrompts(this.runtime.promptsDir, this.layout.asteriskPrompts);
    const ports = await this.choosePorts();
    writeEndpoints(this.layout, {
      ...ports,
      postgresSocketDir: this.socketDir,
      toolsDir: this.runtime.toolsDir,
      versions: this.runtime.versions,
    });
    // Calls need Asterisk and the telephony process; neither waits for the database.
    const parts = [
      this.part('postgres', () => this.startPostgres()),
      this.part('asterisk', () => this.startAsterisk(ports)),
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

  private async prepareCertificates(): Promise<void> {
    const names = certificateNames(this.settings.DENWABAN_BIND);
    const made = await ensureCertificates(this.layout.tls, names, new Date());
    this.caFile = made.caFile;
    if (made.caMade) this.progress.info(`made a certificate authority of the box's own: ${made.caFile}`);
    else if (made.serverMade) this.progress.info("renewed the console's certificate");
  }

  private async choosePorts(): Promise<{ ariPort: number; amiPort: number }> {
    const last = lastEndpoints(this.layout);
    const { DENWABAN_HTTPS_PORT: https } = this.settings;
    const ariPort = await freeLocalPort(last?.ariPort, [https]);
    const amiPort = await freeLocalPort(last?.amiPort, [https, ariPort]);
    return { ariPort, amiPort };
  }

  private async startPostgres(): Promise<void> {
    if (this.socketDir === null) return;
    const place: PostgresPlace = {
      root: this.runtime.root,
      hostsFile: this.hostsFile,
      dataDir: this.layout.postgresData,
      socketDir: this.socketDir,
      superuserPassword: this.secrets['postgres-superuser-password'],
      password: this.secrets['postgres-password'],
    };
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

  private async startAsterisk(ports: { ariPort: number; amiPort: number }): Promise<void> {
    writeAsteriskConfiguration(project.asteriskEtc, this.layout, templateValues(this.settings, ports, this.secrets));
    this.asterisk = this.supervise({
      name: 'asterisk',
      command: () => asteriskCommand(this.runtime.root, this.hostsFile, this.settings.DENWABAN_HOME, this.layout),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: ASTERISK_STOP_MS,
    });
    await this.asterisk.start();
    await waitForAsterisk(ports.ariPort, this.secrets['ari-password'], () => this.throwWhenStopped());
  }

  private supervise(
    plan: Pick<ConstructorParameters<typeof SupervisedProcess>[0], 'name' | 'command' | 'stopSignal' | 'stopTimeoutMs'>,
  ) {
    const logFile = resolve(this.layout.logs, `${plan.name}.log`);
    return new SupervisedProcess({ ...plan, env: rootEnvironment, logFile }, this.progress, this.running);
  }

  private async startBackend(name: BackendProcess): Promise<void> {
    const ready = new Promise<void>((resolveReady) => this.ready.set(name, resolveReady));
    const plan = backendPlan(name, this.settings, this.layout, (report) => this.receive(name, report));
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
    if (this.socketDir && isTemporary(this.socketDir, this.layout)) await removeTree(this.socketDir);
  }
}

/** Every name and address under which the console may be asked for. */
export function certificateNames(bind: string): CertificateNames {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = bind === '0.0.0.0' ? all.filter(({ family }) => family === 'IPv4').map(({ address }) => address) : [bind];
  const name = hostname().toLowerCase();
  const hosts = ['localhost', ...(/^[a-z0-9.-]+$/.test(name) ? [name] : [])];
  return { addresses: [...new Set(['127.0.0.1', ...own])], hosts: [...new Set(hosts)] };
}
