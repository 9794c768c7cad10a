/**
 * For boxes whose processes are started by systemd or by containers instead of `npm start`:
 *
 *   prepare.ts home     --service-user=<uid> [--root=/]   folders, secrets, certificates, configuration, database cluster
 *   prepare.ts database                      [--root=/]   role and database, once Postgres runs
 */
import { parseArgs } from 'node:util';
import { SettingsError } from '../backend/src/platform/settings.ts';
import { prepareCluster, prepareDatabase, waitForPostgres, type PostgresPlace } from './box/postgres.ts';
import { preparedDatabase, prepareBox } from './box/prepare-box.ts';
import { readCheckedSettings } from './box/preflight.ts';
import { TerminalProgress } from './progress.ts';
import { ensureRuntime, surroundingRuntime } from './runtime/runtime.ts';

const DATABASE_PATIENCE_MS = 120_000;

const progress = new TerminalProgress();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { root: { type: 'string' }, 'service-user': { type: 'string', default: '0' } },
    allowPositionals: true,
  });
  const [what] = positionals;
  if (what !== 'home' && what !== 'database') throw new Error('expected "home" or "database"');
  const settings = readCheckedSettings(process.env, progress);
  const runtime = values.root === '/' ? await surroundingRuntime(progress) : await ensureRuntime(progress);
  if (what === 'home') {
    const { postgres } = await prepareBox(settings, runtime, progress, Number(values['service-user']));
    if (postgres) await prepareCluster(postgres, progress);
  } else {
    await prepareRunningDatabase(preparedDatabase(settings, runtime));
  }
}

async function prepareRunningDatabase(place: PostgresPlace | null): Promise<void> {
  if (!place) return;
  const until = performance.now() + DATABASE_PATIENCE_MS;
  await waitForPostgres(place, () => {
    if (performance.now() > until) throw new Error('the database does not answer');
  });
  await prepareDatabase(place);
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError) error.problems.forEach((it) => progress.error(`${it.setting}: ${it.message}`));
  else progress.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
