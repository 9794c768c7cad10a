import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hostFamily } from '../host-tools.ts';

/** Where packages come from when the host's own package sources do not say. */
const USUAL_MIRROR = 'http://deb.debian.org/debian';

/** Signs suite forky; comes with Debian's archive keyring package. Older hosts know it only in the whole keyring. */
const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-trixie-automatic.gpg',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
];

export interface PackageSource {
  mirror: string;
  keyring: string;
}

/**
 * The mirror a Debian host uses itself, which may be a local one where there is no internet.
 * @param files contents of the host's sources lists, one-line or deb822 style
 */
export function mirrorOf(files: string[]): string {
  const addresses = files.flatMap((text) => [...debianAddresses(text)]);
  return (addresses[0] ?? USUAL_MIRROR).replace(/\/+$/, '');
}

function* debianAddresses(text: string): Generator<string> {
  for (const stanza of text.split(/\n\s*\n/)) {
    const lines = stanza.split('\n').filter((line) => !line.trimStart().startsWith('#'));
    const field = (name: string) =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const uris = field('uris');
    if (uris && !(field('suites') ?? '').includes('-security') && field('enabled') !== 'no')
      yield* uris.split(/\s+/).filter(isDebian);
    for (const line of lines) {
      const [, address, suite] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
      if (address && suite && !suite.includes('-security') && isDebian(address)) yield address;
    }
  }
}

const isDebian = (address: string) => /^https?:\/\/.*\/debian\/*$/.test(address);

export function hostPackageSource(exists: (path: string) => boolean): PackageSource {
  const keyring = KEYRINGS.find(exists);
  if (!keyring) throw new Error(`none of ${KEYRINGS.join(', ')} is here (package debian-archive-keyring)`);
  return { mirror: hostFamily()[0] === 'debian' ? mirrorOf(hostSources()) : USUAL_MIRROR, keyring };
}

function hostSources(): string[] {
  const folder = '/etc/apt/sources.list.d';
  const read = (path: string) => {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      return [];
    }
  };
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name));
  } catch {
    // a host without the folder has only the file
  }
  return ['/etc/apt/sources.list', ...names.map((name) => resolve(folder, name))].flatMap(read);
}
