import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import pg from 'pg';
import { type DataSource } from 'typeorm';
import { createDataSource } from '../../backend/src/platform/database.ts';
import { type Endpoints, readOperatorSettings, Settings } from '../../backend/src/platform/settings.ts';
import { ensureMasterKey } from '../../backend/src/recordings/encryption/master-key-file.ts';
import { type MediumTier } from './medium-tier.ts';

const TEMPLATE = 'denwaban_template';
/** Any number, the same in every worker: only one of them makes the template. */
const TEMPLATE_LOCK = 64081;

export interface TestDatabase {
  dataSource: DataSource;
  /** Settings of a temporary home of its own, which lead to this database. */
  settings: Settings;
  /** Takes the database away from under everybody's feet, or gives it back: for "the database is down". */
  setReachable(reachable: boolean): Promise<void>;
  /** What a database administrator can do: one statement as superuser, with every trigger off. */
  tamper(statement: string, values?: unknown[]): Promise<void>;
  /** Closes the connections, drops the database, removes the home. */
  drop(): Promise<void>;
}

const tier = (): MediumTier => JSON.parse(process.env.MEDIUM_TIER ?? '{}') as MediumTier;

/** A fresh, migrated database, in a few dozen milliseconds. */
export async function createTestDatabase(poolSize = 4): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await makeTemplate(client);
    await client.query(`create database ${name} template ${TEMPLATE} owner denwaban`);
  });
  const settings = settingsFor(name);
  await ensureMasterKey(settings.layout.secrets);
  const dataSource = createDataSource(settings, poolSize);
  await dataSource.initialize();
  return {
    dataSource,
    settings,
    setReachable: (reachable) => setReachable(name, reachable),
    tamper: (statement, values) => tamper(name, statement, values),
    async drop() {
      if (dataSource.isInitialized) await dataSource.destroy();
      await asSuperuser((client) => client.query(`drop database if exists ${name} with (force)`));
      rmSync(settings.operator.DENWABAN_HOME, { recursive: true, force: true });
    },
  };
}

async function asSuperuser(work: (client: pg.Client) => Promise<unknown>, database = 'postgres'): Promise<void> {
  const { socketDir: host, superuserPassword: password } = tier();
  const client = new pg.Client({ host, port: 5432, user: 'postgres', password, database });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function makeTemplate(client: pg.Client): Promise<void> {
  const existing = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
  if (existing.rowCount !== 0) return;
  await client.query(`drop database if exists ${TEMPLATE}_partial with (force)`);
  await client.query(`create database ${TEMPLATE}_partial owner denwaban`);
  const settings = settingsFor(`${TEMPLATE}_partial`);
  const dataSource = createDataSource(settings, 1);
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
  rmSync(settings.operator.DENWABAN_HOME, { recursive: true, force: true });
  await client.query(`alter database ${TEMPLATE}_partial rename to ${TEMPLATE}`);
}

async function tamper(name: string, statement: string, values: unknown[] = []): Promise<void> {
  await asSuperuser(async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(statement, values);
  }, name);
}

async function setReachable(name: string, reachable: boolean): Promise<void> {
  await asSuperuser(async (client) => {
    await client.query(`alter database ${name} allow_connections ${reachable}`);
    if (!reachable)
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  });
}

function settingsFor(database: string): Settings {
  const { socketDir, password, toolsDir, versions } = tier();
  const home = mkdtempSync(resolve(tmpdir(), 'denwaban-test-'));
  const operator = readOperatorSettings({
    DENWABAN_HOME: home,
    DENWABAN_POSTGRES_URL: `postgres://denwaban:${password}@/${database}?host=${encodeURIComponent(socketDir)}`,
  });
  const endpoints: Endpoints = { ariPort: 1, amiPort: 1, postgresSocketDir: null, toolsDir, versions };
  for (const folder of ['run', 'secrets', 'spool', 'vault', 'logs', 'tls']) mkdirSync(resolve(home, folder));
  writeFileSync(resolve(home, 'run', 'endpoints.json'), JSON.stringify(endpoints));
  return new Settings(operator);
}
