import { mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Progress } from '../progress.ts';
import { CommandFailed, runCommand } from '../run-command.ts';
import { type PackageSource } from './mirror.ts';
import { recipe } from './recipe.ts';

export interface FetchedPackages {
  /** Holds the .deb files; half-fetched ones are continued at the next try. */
  archives: string;
  /** The mirror's signed index is past its Valid-Until date. */
  expired: boolean;
  /** Of the mirror, as far as they are needed. */
  components: readonly string[];
  /** `recipe.voice` where the mirror has it, else nothing. */
  voice: readonly string[];
}

/**
 * Fetches every package of the root with a package database of its own, so that an interrupted build does not fetch
 * twice. Signatures are always checked.
 */
export async function fetchPackages(
  packages: string[],
  source: PackageSource,
  cache: string,
  progress: Progress,
): Promise<FetchedPackages> {
  const { apt, ...found } = await readIndexWithVoice(source, cache, progress);
  await progress.step('fetching packages', () =>
    runCommand('apt-get', [
      ...apt,
      'install',
      '-y',
      '-q',
      '--no-install-recommends',
      '--download-only',
      '?essential',
      'apt',
      ...packages,
      ...found.voice,
    ]),
  );
  return { archives: resolve(cache, 'archives'), ...found };
}

interface Index {
  /** What `apt-get` has to be called with to use it. */
  apt: string[];
  expired: boolean;
}

/** A mirror without the voice, or one that does not carry the part of Debian in which it stands, gives all the rest. */
async function readIndexWithVoice(
  source: PackageSource,
  cache: string,
  progress: Progress,
): Promise<Index & Pick<FetchedPackages, 'components' | 'voice'>> {
  const { component, package: voice } = recipe.voice;
  const components = [...recipe.components, component];
  const index = await readIndex(source, cache, progress, components).catch(unlessFailed);
  if (index && (await runCommand('apt-cache', [...index.apt, 'show', voice]).catch(unlessFailed)))
    return { ...index, components, voice: [voice] };
  const { components: needed } = recipe;
  const without = { ...(await readIndex(source, cache, progress)), components: needed, voice: [] };
  progress.warn(
    `the package mirror has no ${voice} (component ${component}): the box speaks with espeak-ng until a voice for ` +
      `Open JTalk lies in \`voices\` of its home`,
  );
  return without;
}

function unlessFailed(error: unknown): null {
  if (error instanceof CommandFailed) return null;
  throw error;
}

/** Reads the suite's index with a package database of its own. */
export async function readIndex(
  source: PackageSource,
  cache: string,
  progress: Progress,
  components: readonly string[] = recipe.components,
): Promise<Index> {
  const apt = await prepareApt(cache, sourcesLine(source, components));
  const expired = await progress.step(`reading the package index of ${recipe.suite}`, () => update(apt, progress));
  return { apt: expired ? [...apt, '-o', 'Acquire::Check-Valid-Until=false'] : apt, expired };
}

async function prepareApt(cache: string, sources: string): Promise<string[]> {
  const at = (name: string) => resolve(cache, name);
  await rm(at('etc'), { recursive: true, force: true });
  for (const folder of [
    'archives/partial',
    'lists/partial',
    'etc/sources.d',
    'etc/preferences.d',
    'etc/trusted.d',
    'state',
  ])
    await mkdir(at(folder), { recursive: true });
  await writeFile(at('state/status'), '');
  await writeFile(at('etc/sources.list'), sources);
  const options = {
    'Dir::State': at('state'),
    'Dir::State::status': at('state/status'),
    'Dir::State::lists': at('lists'),
    'Dir::Cache': cache,
    'Dir::Cache::archives': at('archives'),
    'Dir::Etc::sourcelist': at('etc/sources.list'),
    'Dir::Etc::sourceparts': at('etc/sources.d'),
    'Dir::Etc::preferences': at('etc/preferences'),
    'Dir::Etc::preferencesparts': at('etc/preferences.d'),
    'Dir::Etc::trusted': '/dev/null',
    'Dir::Etc::trustedparts': at('etc/trusted.d'),
    'APT::Sandbox::User': 'root',
    'APT::Keep-Downloaded-Packages': 'true',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::Check-Valid-Until': 'true',
    'Acquire::Check-Date': 'true',
  };
  // A host may clean up after its own downloads; this cache is ours.
  const clear = ['APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success', 'DPkg::Post-Invoke'];
  await writeFile(at('etc/apt.conf'), clear.map((name) => `#clear ${name};\n`).join(''));
  return ['-c', at('etc/apt.conf'), ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
}

export const sourcesLine = (source: PackageSource, components: readonly string[]) =>
  `deb [signed-by=${source.keyring}] ${source.mirror} ${recipe.suite} ${components.join(' ')}\n`;

async function update(apt: string[], progress: Progress): Promise<boolean> {
  try {
    await runCommand('apt-get', [...apt, 'update', '-q', '-o', 'APT::Update::Error-Mode=any']);
    return false;
  } catch (error) {
    if (!(error instanceof CommandFailed) || !/expired|Valid-Until|not valid anymore/i.test(error.output)) throw error;
  }
  progress.warn(
    `the package mirror is older than its own "valid until" date: its packages may lack security updates; ` +
      `their signatures are still checked`,
  );
  await runCommand('apt-get', [
    ...apt,
    'update',
    '-q',
    '-o',
    'APT::Update::Error-Mode=any',
    '-o',
    'Acquire::Check-Valid-Until=false',
  ]);
  return true;
}
