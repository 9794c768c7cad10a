import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { type Progress } from './progress.ts';
import { runCommand } from './run-command.ts';

/** A file the host must have: a command in the path or a file by absolute path, and the Debian package with it. */
export interface HostTool {
  needs: string;
  debianPackage: string;
}

export class HostToolsMissing extends Error {
  constructor(missing: HostTool[]) {
    const packages = [...new Set(missing.map((tool) => tool.debianPackage))].join(' ');
    const needs = missing.map((tool) => tool.needs).join(', ');
    super(
      `this machine lacks ${needs}; on Debian or Ubuntu: sudo apt-get update && sudo apt-get install -y ${packages}`,
    );
  }
}

// A user's PATH often lacks the administrator's folders, where some of the tools stand.
const searchPath = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** @returns where the command stands, or null */
export function findCommand(name: string): string | null {
  const candidates = name.startsWith('/') ? [name] : searchPath().map((folder) => resolve(folder, name));
  return (
    candidates.find((path) => {
      try {
        accessSync(path, name.startsWith('/') ? constants.R_OK : constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }) ?? null
  );
}

export const isRoot = () => process.getuid?.() === 0;

/** @returns `debian`, `ubuntu` or whatever the host calls itself and what it says it is like */
export function hostFamily(osRelease = readOsRelease()): string[] {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  return [value('ID'), ...value('ID_LIKE').split(' ')].filter(Boolean);
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

const canInstall = () =>
  isRoot() && findCommand('apt-get') !== null && hostFamily().some((id) => ['debian', 'ubuntu'].includes(id));

/** The package manager works for one at a time. */
let installing: Promise<unknown> = Promise.resolve();

/**
 * Installs what is missing where we may, and checks that it is there then.
 * @throws HostToolsMissing naming what is missing and the command that brings it
 */
export async function ensureHostTools(tools: HostTool[], progress: Progress): Promise<void> {
  const install = installing.then(() => installMissing(tools, progress));
  installing = install.catch(() => undefined);
  await install;
}

async function installMissing(tools: HostTool[], progress: Progress): Promise<void> {
  const missing = () => tools.filter((tool) => findCommand(tool.needs) === null);
  const packages = [...new Set(missing().map((tool) => tool.debianPackage))];
  if (packages.length === 0) return;
  if (!canInstall()) throw new HostToolsMissing(missing());
  await progress.step(`installing on this machine: ${packages.join(' ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runCommand('apt-get', ['update', '-q'], { env });
    await runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env });
  });
  if (missing().length > 0) throw new HostToolsMissing(missing());
}
