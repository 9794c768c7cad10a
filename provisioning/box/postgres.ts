import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import pg from 'pg';
import { isRoot } from '../host-tools.ts';
import { type Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { inRoot, rootEnvironment, type RootBind } from '../run-in-root.ts';
import { removeTree } from '../runtime/build-root.ts';
import { recipe } from '../runtime/recipe.ts';

export interface PostgresPlace {
  root: string;
  hostsFile: string;
  dataDir: string;
  socketDir: string;
  /** Whose members may connect, besides root; 0 = nobody. */
  socketGroup: number;
  /** Of the superuser `postgres`, which only the starter uses. */
  superuserPassword: string;
  /** Of the role `denwaban`, which owns the database and nothing else. */
  password: string;
}

const BIN = '/usr/lib/postgresql/18/bin';
const INSIDE = { data: '/denwaban/postgres', socket: '/denwaban/run/postgres' } as const;

/** Small: a box holds one office, and its memory belongs to the calls. */
export const POSTGRES_SETTINGS: Record<string, string> = {
  listen_addresses: '',
  unix_socket_directories: INSIDE.socket,
  max_connections: '60',
  shared_buffers: '64MB',
  effective_cache_size: '512MB',
  min_wal_size: '80MB',
  max_wal_size: '512MB',
  io_workers: '2',
  huge_pages: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  // A wrong statement is the caller's to report, not the database's to repeat with its values.
  log_min_error_statement: 'panic',
  log_line_prefix: '%m [%p] ',
  password_encryption: 'scram-sha-256',
};

/** The socket's address is an old structure: its path may not be longer than this (unix(7), with room for the name). */
const LONGEST_SOCKET_DIR = 107 - '/.s.PGSQL.5432'.length;

export const fitsSocketAddress = (directory: string): boolean => Buffer.byteLength(directory) <= LONGEST_SOCKET_DIR;

const binds = (place: PostgresPlace, dataDir = place.dataDir): RootBind[] => [
  { from: dataDir, to: INSIDE.data },
  { from: place.socketDir, to: INSIDE.socket },
];

/** The command of the running database, and what it needs cleared away from an earlier life. */
export async function postgresCommand(place: PostgresPlace, settings: Record<string, string> = {}) {
  // The home's lock says that no other starter is at work here, and that leftovers have been ended.
  await rm(resolve(place.dataDir, 'postmaster.pid'), { force: true });
  for (const name of await readdir(place.socketDir)) await rm(resolve(place.socketDir, name), { force: true });
  const options = Object.entries({ ...POSTGRES_SETTINGS, ...settings }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  return inRoot({
    root: place.root,
    user: 'postgres',
    hostsFile: place.hostsFile,
    binds: binds(place),
    deathSignal: 'INT',
    command: [`${BIN}/postgres`, '-D', INSIDE.data, ...options],
  });
}

async function ownByPostgres(path: string, group = 0): Promise<void> {
  const { id } = recipe.users.postgres;
  if (isRoot()) await chown(path, id, group || id);
  await chmod(path, group ? 0o750 : 0o700);
}

/** Makes the folders and, the first time, the cluster; a cluster half made by an interrupted start is made anew. */
export async function prepareCluster(place: PostgresPlace, progress: Progress): Promise<void> {
  await mkdir(place.socketDir, { recursive: true });
  await ownByPostgres(place.socketDir, place.socketGroup);
  if (existsSync(resolve(place.dataDir, 'PG_VERSION'))) return;
  const partial = `${place.dataDir}.partial`;
  await removeTree(partial);
  await mkdir(partial, { recursive: true });
  await ownByPostgres(partial);
  await progress.step('creating the database', () => initdb(place, partial));
  await rm(place.dataDir, { recursive: true, force: true });
  await rename(partial, place.dataDir);
}

async function initdb(place: PostgresPlace, dataDir: string): Promise<void> {
  // In the container image nothing is bound anywhere: the paths are what they are.
  const pgdata = place.root === '/' ? dataDir : INSIDE.data;
  const passwordFile = resolve(place.socketDir, 'initdb-password');
  await writeFile(passwordFile, place.superuserPassword, { mode: 0o600 });
  if (isRoot()) await chown(passwordFile, recipe.users.postgres.id, recipe.users.postgres.id);
  const { file, args } = inRoot({
    root: place.root,
    user: 'postgres',
    hostsFile: place.hostsFile,
    binds: binds(place, dataDir),
    deathSignal: 'KILL',
    command: [
      ...[`${BIN}/initdb`, `--pgdata=${pgdata}`, `--pwfile=${INSIDE.socket}/initdb-password`],
      ...['--username=postgres', '--auth=scram-sha-256', '--data-checksums', '--encoding=UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ],
  });
  try {
    await runCommand(file, args, { env: rootEnvironment });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

const asSuperuser = (place: PostgresPlace): pg.ClientConfig => ({
  host: place.socketDir,
  port: 5432,
  database: 'postgres',
  user: 'postgres',
  password: place.superuserPassword,
  connectionTimeoutMillis: 2000,
});

/**
 * Waits until the database answers; after a crash it first replays what it had promised.
 * @param stillTrying throws when there is no use in waiting on
 */
export async function waitForPostgres(place: PostgresPlace, stillTrying: () => void): Promise<void> {
  for (;;) {
    const client = new pg.Client(asSuperuser(place));
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      stillTrying();
      await new Promise((resolveWait) => setTimeout(resolveWait, 50));
    }
  }
}

/** Makes role and database `denwaban` when they are missing, and the role's password what the secret says. */
export async function prepareDatabase(place: PostgresPlace): Promise<void> {
  const client = new pg.Client(asSuperuser(place));
  await client.connect();
  try {
    const role = await client.query('select 1 from pg_roles where rolname = $1', ['denwaban']);
    const verb = role.rowCount === 0 ? 'create' : 'alter';
    const rights = 'login nosuperuser nocreatedb nocreaterole noreplication';
    await client.query(`${verb} role denwaban ${rights} password ${client.escapeLiteral(place.password)}`);
    const database = await client.query('select 1 from pg_database where datname = $1', ['denwaban']);
    if (database.rowCount === 0) await client.query('create database denwaban owner denwaban');
    await client.query('revoke connect on database postgres, template1 from public');
  } finally {
    await client.end();
  }
}
