import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
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

/** Set-group-id folders pass Asterisk's group on to what our processes put there. */
const foldersOf = (layout: HomeLayout, home: string): Folder[] => [
  { path: home, mode: 0o750 },
  { path: resolve(home, 'asterisk'), mode: 0o750, owner: readByAsterisk },
  { path: layout.asteriskEtc, mode: 0o2750, owner: readByAsterisk },
  { path: layout.asteriskGenerated, mode: 0o2750, owner: readByAsterisk },
  { path: layout.asteriskPrompts, mode: 0o2750, owner: readByAsterisk },
  { path: layout.asteriskLib, mode: 0o2750, owner: asterisks },
  { path: layout.asteriskLog, mode: 0o2750, owner: asterisks },
  { path: layout.asteriskRun, mode: 0o2750, owner: asterisks },
  { path: layout.spool, mode: 0o2770, owner: asterisks },
  { path: layout.vault, mode: 0o700 },
  { path: layout.tls, mode: 0o700 },
  { path: layout.secrets, mode: 0o700 },
  { path: layout.run, mode: 0o750 },
  { path: layout.logs, mode: 0o750 },
  { path: layout.log, mode: 0o750 },
];

/** Makes the folders of a home with the right owners and modes, also where an earlier start or a hand left them wrong. */
export function prepareHome(home: string): HomeLayout {
  const layout = homeLayout(home);
  for (const { path, mode, owner } of foldersOf(layout, home)) {
    mkdirSync(path, { recursive: true });
    if (isRoot() && owner) chownSync(path, owner.user, owner.group);
    chmodSync(path, mode);
  }
  return layout;
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
