import { resolve } from 'node:path';
import { SettingsError } from '../backend/src/platform/settings.ts';
import { Box, type FirstLogin } from './box/box.ts';
import { HomeLock } from './box/home-lock.ts';
import { prepareBox, type PreparedBox } from './box/prepare-box.ts';
import { checkPorts, readCheckedSettings } from './box/preflight.ts';
import { waitUntilWell } from './box/wait-until-well.ts';
import { ensureBuilds } from './builds.ts';
import { prepareHost } from './prepare-host.ts';
import { TerminalProgress, type Progress } from './progress.ts';
import { stopRunningCommands } from './run-command.ts';
import { ensureRuntime } from './runtime/runtime.ts';
import { RunningProcesses } from './supervision/running-processes.ts';

/** With an external database that is down the box starts all the same, and says so. */
const WELL_WITHIN_MS = 8000;

const progress = new TerminalProgress();
const started = performance.now();
let box: Box | null = null;
let stopping = false;
// Asked through a function: it changes while others wait.
const isStopping = () => stopping;

async function start(): Promise<void> {
  const settings = readCheckedSettings(process.env, progress);
  const home = settings.DENWABAN_HOME;
  await HomeLock.take(home);
  const running = new RunningProcesses(resolve(home, 'run', 'processes.json'));
  const leftovers = await running.endLeftovers();
  if (leftovers.length > 0) progress.warn(`ended what an earlier start left running: ${leftovers.join(', ')}`);
  await checkPorts(settings);
  await prepareHost(progress);
  const [runtime] = await Promise.all([ensureRuntime(progress), ensureBuilds(progress, withoutConsole)]);
  if (isStopping()) return;
  const prepared = await prepareBox(settings, runtime, progress);
  if (isStopping()) return;
  box = new Box(prepared, running, progress);
  // Making the first administrator needs the database, which may come after the console.
  const announced = Promise.withResolvers<undefined>();
  box.onFirstLogin = (login) => void announced.promise.then(() => sayFirstLogin(login, progress));
  const late = await box.start();
  if (isStopping()) return;
  late.forEach((name) => progress.error(`${name} is not up yet; it goes on being tried, see ${home}/logs/${name}.log`));
  if (!late.includes('api')) await sayWhetherWell(prepared);
  if (isStopping()) return;
  announce(prepared, progress);
  announced.resolve(undefined);
  process.send?.({ type: 'box-ready', late });
}

/** Calls are taken and recorded without the console too, so the box goes on. */
const withoutConsole = (error: unknown) =>
  progress.error(`the console could not be built: ${error instanceof Error ? error.message : String(error)}`);

function consoleAddress({ settings }: PreparedBox): string {
  const host = settings.DENWABAN_BIND === '0.0.0.0' ? '127.0.0.1' : settings.DENWABAN_BIND;
  return `https://${host}:${settings.DENWABAN_HTTPS_PORT}`;
}

/** A started process may still be connecting: what is announced as running should let people in. */
async function sayWhetherWell(prepared: PreparedBox): Promise<void> {
  const status = await waitUntilWell(consoleAddress(prepared), prepared.caFile, WELL_WITHIN_MS);
  if (status === 'ok') return;
  progress.warn(`the box says that it is ${status ?? 'not to be reached'}; the health page tells more`);
}

function announce(prepared: PreparedBox, to: Progress): void {
  const { settings, caFile } = prepared;
  const address = consoleAddress(prepared);
  to.info(`Denwaban runs, ${((performance.now() - started) / 1000).toFixed(1)} s after the start.`);
  to.info(`  console      ${address}/`);
  to.info(`  certificate  ${address}/api/v1/ca-certificate (to be trusted once by every PC; also ${caFile})`);
  to.info(`  telephone    SIP on ${settings.DENWABAN_SIP_BIND}:${settings.DENWABAN_SIP_PORT} (UDP)`);
  to.info(`  stop         Ctrl-C`);
}

const sayFirstLogin = ({ login, password }: FirstLogin, to: Progress): void =>
  to.info(`  first log-in ${login} / ${password} (a new password is asked for then)`);

async function stop(reason: string): Promise<void> {
  if (isStopping()) return;
  stopping = true;
  progress.info(`stopping (${reason}) ...`);
  stopRunningCommands();
  const began = performance.now();
  await box?.stop();
  progress.info(`stopped in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  process.exit(0);
}

function fail(error: unknown): void {
  if (isStopping()) return;
  if (error instanceof SettingsError) error.problems.forEach((it) => progress.error(`${it.setting}: ${it.message}`));
  else progress.error(error instanceof Error ? error.message : String(error));
  stopping = true;
  stopRunningCommands();
  const exit = () => process.exit(1);
  (box?.stop() ?? Promise.resolve()).then(exit, exit);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));
// Whoever started us over IPC is gone, however that came.
process.on('disconnect', () => void stop('its parent is gone'));
// A terminal that went away must not take the calls with it by an unhandled write error.
process.stdout.on('error', () => undefined);

start().catch(fail);
