import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { homeLayout, type HomeLayout } from '../../backend/src/platform/settings.ts';
import { isRoot } from '../host-tools.ts';
import { recipe } from '../runtime/recipe.ts';
import { fitsSocketAddress } from './postgres.ts';

const ROOT_ID = 0;
const ASTERISK_ID = recipe.users.asterisk.id;

interface Folder {
  path: string;
  mode: number;
  /** Matters only as root; without root everything belongs to the one user there is. */
  owner?: { user: number; group: number };
}

const asterisks = { user: ASTERISK_ID, group: ASTERISK_ID };
const readByAsterisk = { user: ROOT_ID, group: ASTERISK_ID };

/** In a container Asterisk and Postgres go through the backend's folders to their own. */
const passedThrough = (service: { user: number }) => (service.user === ROOT_ID ? 0o750 : 0o751);

/** Set-group-id folders pass Asterisk's group on to what our processes put there. */
const foldersOf = (layout: HomeLayout, home: string, service: { user: number; group: number }): Folder[] => [
  { path: home, mode: passedThrough(service), owner: service },
  { path: resolve(home, 'asterisk'), mode: 0o750, owner: readByAsterisk },
  { path: layout.asteriskEtc, mode: 0o2750, owner: readByAsterisk },
  { path: layout.asteriskGenerated, mode: 0o2750, owner: { user: service.user, group: ASTERISK_ID } },
  { path: layout.asteriskPrompts, mode: 0o2750, owner: { user: service.user, group: ASTERISK_ID } },
  { path: layout.asteriskRecorded, mode: 0o2770, owner: asterisks },
  { path: layout.asteriskLib, mode: 0o2750, owner: asterisks },
  { path: layout.asteriskLog, mode: 0o2750, owner: asterisks },
  { path: layout.asteriskRun, mode: 0o2750, owner: asterisks },
  { path: layout.spool, mode: 0o2770, owner: asterisks },
  { path: layout.vault, mode: 0o700, owner: service },
  { path: layout.tls, mode: 0o700, owner: service },
  { path: layout.secrets, mode: 0o700, owner: service },
  { path: layout.run, mode: passedThrough(service), owner: service },
  { path: layout.logs, mode: 0o750, owner: service },
  { path: layout.log, mode: 0o750, owner: service },
  { path: layout.reserve, mode: 0o700, owner: service },
];

/**
 * Makes the folders of a home with the right owners and modes, also where an earlier start or a hand left them wrong.
 * @param serviceUser number of user and group of the backend's processes
 */
export function prepareHome(home: string, serviceUser = ROOT_ID): HomeLayout {
  const layout = homeLayout(home);
  for (const { path, mode, owner } of foldersOf(layout, home, { user: serviceUser, group: serviceUser })) {
    mkdirSync(path, { recursive: true });
    if (isRoot() && owner) chownSync(path, owner.user, owner.group);
    chmodSync(path, mode);
  }
  linkNowhere(resolve(layout.asteriskLib, 'nowhere.sln'));
  writeHush(resolve(layout.asteriskLib, 'hush.sln'));
  return layout;
}

/** Where Asterisk records while it only listens for the end of a message (extensions-nodes.conf, message). */
function linkNowhere(path: string): void {
  rmSync(path, { force: true });
  symlinkSync('/dev/null', path);
}

/** Two frames of silence, for where Asterisk insists on a sound (features.conf); of an empty file it warns. */
function writeHush(path: string): void {
  writeFileSync(path, Buffer.alloc(640), { mode: 0o644 });
  chmodSync(path, 0o644);
}

/** Gives the backend's user what it must read; the authority's key and the database's superuser stay with root. */
export function handOver(layout: HomeLayout, serviceUser: number): void {
  if (serviceUser === ROOT_ID) return;
  const files = [
    ...['ca.crt', 'server.crt', 'server.key'].map((name) => resolve(layout.tls, name)),
    ...['postgres-password', 'ari-password', 'ami-password'].map((name) => resolve(layout.secrets, name)),
    ...readdirSync(layout.secrets)
      .filter((name) => name.startsWith('master-key') || name === 's3-key')
      .map((name) => resolve(layout.secrets, name)),
    resolve(layout.run, 'endpoints.json'),
    ...readdirSync(layout.asteriskGenerated).map((name) => resolve(layout.asteriskGenerated, name)),
  ];
  for (const file of files)
    chownSync(file, serviceUser, file.startsWith(layout.asteriskEtc) ? ASTERISK_ID : serviceUser);
}

/** @returns a file that stands as /etc/hosts in the runtime root: the machine's own name must never go to a DNS server */
export function writeHostsFile(layout: HomeLayout): string {
  const path = resolve(layout.run, 'hosts');
  writeFileSync(path, `127.0.0.1 localhost ${hostname()}\n::1 localhost ip6-localhost\n`, { mode: 0o644 });
  chmodSync(path, 0o644);
  return path;
}

/** Below the home, or below the system's temporary folder where the home's path is too long for a socket. */
export function postgresSocketDir(layout: HomeLayout): string {
  const below = resolve(layout.run, 'postgres');
  return fitsSocketAddress(below) ? below : mkdtempSync(resolve(tmpdir(), 'denwaban-'));
}

export const isTemporary = (socketDir: string, layout: HomeLayout): boolean => !socketDir.startsWith(layout.run);
