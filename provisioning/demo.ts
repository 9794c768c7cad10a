/** `npm run demo`: a box, and a small town that calls it. Everything is as in `npm start`; only the callers are played. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationVersion } from '../backend/src/configuration/configuration.schema.ts';
import { homeLayout, readOperatorSettings, SettingsError } from '../backend/src/platform/settings.ts';
import { ApiRefused, OfficeApi } from '../test/town/office-api.ts';
import { endpointsOf } from '../test/town/recorded.ts';
import { Town } from '../test/town/town.ts';
import { eventually } from '../test/town/waiting.ts';
import { playDay, readDay } from './demo/day.ts';
import { adminPassword, checkHome, demoHome, HomeOfAnOffice } from './demo/home.ts';
import { DEMO_PHONES, demoDocument, mayReplace } from './demo/office.ts';
import { TerminalProgress } from './progress.ts';
import { project } from './project.ts';

const LOGIN = 'admin';
const STOP_PATIENCE_MS = 10_000;

const progress = new TerminalProgress();
const stopping = new AbortController();
// Asked through a function: it changes while others wait.
const isStopping = () => stopping.signal.aborted;
let box: ChildProcess | undefined;
let boxEnded = Promise.resolve<unknown>(undefined);
let town: Town | undefined;

async function demonstrate(): Promise<void> {
  const home = demoHome(process.env);
  const settings = readOperatorSettings({ ...process.env, DENWABAN_HOME: home });
  checkHome(home);
  const password = adminPassword(process.env, home);
  await startBox({ ...process.env, DENWABAN_HOME: home, DENWABAN_ADMIN_PASSWORD: password });
  const host = settings.DENWABAN_SIP_BIND === '0.0.0.0' ? '127.0.0.1' : settings.DENWABAN_SIP_BIND;
  const port = settings.DENWABAN_SIP_PORT;
  town = await progress.step('starting a town with a carrier, a business phone and phones', async () => {
    return await Town.start({ box: { host, port }, phones: DEMO_PHONES });
  });
  if (isStopping()) {
    await town.stop();
    return;
  }
  const consoleHost = settings.DENWABAN_BIND === '0.0.0.0' ? '127.0.0.1' : settings.DENWABAN_BIND;
  const url = `https://${consoleHost}:${settings.DENWABAN_HTTPS_PORT}`;
  const api = await openOffice(url, home, password, town);
  const where = `open ${url}/ and log in as ${LOGIN} / ${password}`;
  progress.info(`The office is open. To see and hear it, ${where}`);
  const { toolsDir } = endpointsOf(home);
  await playDay(readDay(), { town, toolsDir, say: (it) => progress.info(it), signal: stopping.signal });
  if (isStopping()) return;
  const calls = await api.searchCalls({ limit: 100 });
  const recorded = calls.filter(({ recording }) => recording?.state === 'sealed').length;
  progress.info(`The day is over: the list has ${calls.length} calls, ${recorded} of them can be heard by now.`);
  progress.info(`The box stays up until Ctrl-C; ${where}`);
}

async function startBox(env: NodeJS.ProcessEnv): Promise<void> {
  const starter = spawn(process.execPath, [resolve(project.root, 'provisioning/start.ts')], {
    cwd: project.root,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  box = starter;
  boxEnded = new Promise((ended) => starter.once('exit', ended));
  await new Promise<void>((ready, fail) => {
    starter.once('message', () => ready());
    starter.once('error', fail);
    // It has said why.
    starter.once('exit', (code) => void stop(code ?? 1));
  });
}

/** Puts the demonstration's configuration into force, unless the office has one of its own. */
async function openOffice(url: string, home: string, password: string, { addresses }: Town): Promise<OfficeApi> {
  const api = new OfficeApi({ url, ca: readFileSync(resolve(homeLayout(home).tls, 'ca.crt'), 'utf8') });
  await logIn(api, password);
  const { document } = await api.json(ConfigurationVersion, 'GET', '/configuration');
  if (!mayReplace(document)) throw new HomeOfAnOffice(home);
  await progress.step('opening the office', async () => {
    await api.configure(demoDocument(addresses));
    await eventually('the phones to register', async () => {
      return (await town?.registered())?.length === DEMO_PHONES.length;
    });
  });
  return api;
}

/** @throws Error saying what to do when somebody has changed the password in the console */
async function logIn(api: OfficeApi, password: string): Promise<void> {
  const accepted = await eventually('the console to answer', async () => {
    try {
      await api.logIn(password);
      return 'yes';
    } catch (error) {
      if (error instanceof ApiRefused && error.status === 401) return 'no';
      throw error;
    }
  });
  if (accepted === 'no')
    throw new Error(`the password of ${LOGIN} has been changed; start again with it as DENWABAN_ADMIN_PASSWORD`);
}

/** Everything down, whoever asks and however often. */
async function stop(exitCode: number): Promise<void> {
  if (isStopping()) return;
  stopping.abort();
  const late = setTimeout(() => box?.kill('SIGKILL'), STOP_PATIENCE_MS);
  box?.kill('SIGTERM');
  await Promise.all([town?.stop(), boxEnded]);
  clearTimeout(late);
  process.exit(exitCode);
}

function fail(error: unknown): void {
  if (isStopping()) return;
  if (error instanceof SettingsError) error.problems.forEach((it) => progress.error(`${it.setting}: ${it.message}`));
  else progress.error(error instanceof Error ? error.message : String(error));
  void stop(1);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
// Whoever started us over IPC is gone, however that came.
process.on('disconnect', () => void stop(1));
process.stdout.on('error', () => undefined);

demonstrate().catch(fail);
