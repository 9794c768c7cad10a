import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import {
  postgresCommand,
  prepareCluster,
  prepareDatabase,
  waitForPostgres,
  type PostgresPlace,
} from '../../provisioning/box/postgres.ts';
import { TerminalProgress } from '../../provisioning/progress.ts';
import { rootEnvironment } from '../../provisioning/run-in-root.ts';
import { ensureRuntime } from '../../provisioning/runtime/runtime.ts';
import { mediumTier, type MediumTier } from './medium-tier.ts';

/** The data may vanish with the machine: tests ask for speed. */
const FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '100',
  log_min_messages: 'fatal',
};

/** One real Postgres for all files of the medium tier; each takes a database of its own from it (postgres.ts). */
export default async function globalSetup(): Promise<void> {
  const runtime = await ensureRuntime(new TerminalProgress(process.stderr));
  const home = mkdtempSync(resolve(tmpdir(), 'denwaban-medium-'));
  const hostsFile = resolve(home, 'hosts');
  writeFileSync(hostsFile, '127.0.0.1 localhost\n', { mode: 0o644 });
  const place: PostgresPlace = {
    root: runtime.root,
    hostsFile,
    dataDir: resolve(home, 'postgres'),
    socketDir: resolve(home, 'run'),
    socketGroup: 0,
    superuserPassword: randomBytes(18).toString('hex'),
    password: randomBytes(18).toString('hex'),
  };
  mkdirSync(place.socketDir);
  await prepareCluster(place, new TerminalProgress(process.stderr));
  const { file, args } = await postgresCommand(place, FORGETFUL);
  const child = spawn(file, args, { env: rootEnvironment, stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  await waitForPostgres(place, () => {
    if (child.exitCode !== null) throw new Error(`Postgres ended with exit code ${child.exitCode}`);
  });
  await prepareDatabase(place);
  mediumTier.child = child;
  mediumTier.home = home;
  const forTests: MediumTier = { ...place, toolsDir: runtime.toolsDir, versions: runtime.versions };
  process.env.MEDIUM_TIER = JSON.stringify(forTests);
}
