import { readFile } from 'node:fs/promises';
import { recipe } from './recipe.ts';

/**
 * @param wanted packages that a root can be without
 * @returns installed versions by package name, from dpkg's own record in the root
 */
export async function installedVersions(
  root: string,
  packages: readonly string[],
  wanted: readonly string[] = [recipe.voice.package],
): Promise<Record<string, string>> {
  const status = await readFile(`${root}/var/lib/dpkg/status`, 'utf8');
  const versions: Record<string, string> = {};
  for (const stanza of status.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
    const name = field('Package');
    const version = field('Version');
    if (name && version && [...packages, ...wanted].includes(name) && field('Status')?.endsWith(' installed'))
      versions[name] = version;
  }
  const absent = packages.filter((name) => !(name in versions));
  if (absent.length > 0) throw new Error(`the runtime root lacks ${absent.join(', ')}`);
  return versions;
}

/** @returns the author's version of a Debian one: without epoch, repacking marks and Debian revision */
export const upstreamVersion = (debianVersion: string): string =>
  debianVersion
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[+~].*$/, '');

export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number));
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** @throws Error when the root's Asterisk has known holes */
export function refuseOldAsterisk(versions: Record<string, string>): void {
  const found = upstreamVersion(versions.asterisk ?? '0');
  if (isOlder(found, recipe.oldestAsterisk))
    throw new Error(`Asterisk ${found} has known security holes; at least ${recipe.oldestAsterisk} is needed`);
}
