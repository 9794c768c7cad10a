import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { homeLayout, type HomeLayout, type OperatorSettings } from '../../backend/src/platform/settings.ts';
import { type Progress } from '../progress.ts';
import { project } from '../project.ts';
import { installPrompts } from '../runtime/prompts.ts';
import { type Runtime } from '../runtime/runtime.ts';
import {
  templateValues,
  writeAsteriskCertificate,
  writeAsteriskConfiguration,
  type AsteriskPorts,
} from './asterisk.ts';
import { ensureCertificates, type CertificateNames } from './certificates.ts';
import { lastEndpoints, writeEndpoints } from './endpoints.ts';
import { handOver, postgresSocketDir, prepareHome, writeHostsFile } from './home.ts';
import { prepareMasterKey } from './master-key.ts';
import { freeLocalPort } from './ports.ts';
import { type PostgresPlace } from './postgres.ts';
import { prepareReserve } from './reserve.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';

/** A home in which everything can be started. */
export interface PreparedBox {
  settings: OperatorSettings;
  runtime: Runtime;
  layout: HomeLayout;
  secrets: Secrets;
  hostsFile: string;
  ports: AsteriskPorts;
  /** null: the operator's own database is used. */
  postgres: PostgresPlace | null;
  caFile: string;
}

/**
 * Folders, secrets, certificates, Asterisk's configuration and `endpoints.json`: all that stands in the home before any
 * process starts, except the database itself.
 * @param serviceUser who the processes of the backend run as; 0 = as we do
 */
export async function prepareBox(
  settings: OperatorSettings,
  runtime: Runtime,
  progress: Progress,
  serviceUser = 0,
): Promise<PreparedBox> {
  const layout = prepareHome(settings.DENWABAN_HOME, serviceUser);
  // First of all: what follows is what tells a new box from one that had a key.
  await prepareMasterKey(layout, process.env.CREDENTIALS_DIRECTORY, progress);
  await prepareReserve(layout, progress);
  const secrets = ensureSecrets(layout.secrets);
  const hostsFile = writeHostsFile(layout);
  const caFile = await prepareCertificates(settings, layout, progress);
  await installPrompts(runtime.promptsDir, layout.asteriskPrompts);
  const ports = await choosePorts(settings, layout);
  if (settings.DENWABAN_SIPS_PORT !== undefined) writeAsteriskCertificate(layout);
  writeAsteriskConfiguration(project.asteriskEtc, layout, templateValues(settings, ports, secrets));
  const postgres = postgresPlace(settings, runtime, layout, secrets, hostsFile, serviceUser);
  const { toolsDir, versions } = runtime;
  writeEndpoints(layout, { ...ports, postgresSocketDir: postgres?.socketDir ?? null, toolsDir, versions });
  handOver(layout, serviceUser);
  return { settings, runtime, layout, secrets, hostsFile, ports, postgres, caFile };
}

function postgresPlace(
  settings: OperatorSettings,
  runtime: Runtime,
  layout: HomeLayout,
  secrets: Secrets,
  hostsFile: string,
  serviceUser: number,
): PostgresPlace | null {
  if (settings.DENWABAN_POSTGRES_URL) return null;
  return {
    root: runtime.root,
    hostsFile,
    dataDir: layout.postgresData,
    socketDir: postgresSocketDir(layout),
    socketGroup: serviceUser,
    superuserPassword: secrets['postgres-superuser-password'],
    password: secrets['postgres-password'],
  };
}

/** The database of a home that has been prepared and may be running. */
export function preparedDatabase(settings: OperatorSettings, runtime: Runtime): PostgresPlace | null {
  const layout = homeLayout(settings.DENWABAN_HOME);
  return postgresPlace(settings, runtime, layout, ensureSecrets(layout.secrets), resolve(layout.run, 'hosts'), 0);
}

async function prepareCertificates(
  settings: OperatorSettings,
  layout: HomeLayout,
  progress: Progress,
): Promise<string> {
  const made = await ensureCertificates(layout.tls, certificateNames(settings.DENWABAN_BIND), new Date());
  if (made.caMade) progress.info(`made a certificate authority of the box's own: ${made.caFile}`);
  else if (made.serverMade) progress.info("renewed the console's certificate");
  return made.caFile;
}

async function choosePorts(settings: OperatorSettings, layout: HomeLayout): Promise<AsteriskPorts> {
  const last = lastEndpoints(layout);
  const ariPort = await freeLocalPort(last?.ariPort, [settings.DENWABAN_HTTPS_PORT]);
  const amiPort = await freeLocalPort(last?.amiPort, [settings.DENWABAN_HTTPS_PORT, ariPort]);
  return { ariPort, amiPort };
}

/** Every name and address under which the console may be asked for. */
export function certificateNames(bind: string): CertificateNames {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = bind === '0.0.0.0' ? all.filter(({ family }) => family === 'IPv4').map(({ address }) => address) : [bind];
  const name = hostname().toLowerCase();
  const hosts = ['localhost', ...(/^[a-z0-9.-]+$/.test(name) ? [name] : [])];
  return { addresses: [...new Set(['127.0.0.1', ...own])], hosts: [...new Set(hosts)] };
}
