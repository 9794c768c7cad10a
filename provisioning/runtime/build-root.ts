import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { resolve } from 'node:path';
import { ensureHostTools, findCommand, isRoot, type HostTool } from '../host-tools.ts';
import { type Progress } from '../progress.ts';
import { project } from '../project.ts';
import { runCommand } from '../run-command.ts';
import { type FetchedPackages, fetchPackages, sourcesLine } from './fetch-packages.ts';
import { hostPackageSource, type PackageSource } from './mirror.ts';
import { compileHook, finishHook, recipe, usersHook } from './recipe.ts';

const BUILD_TOOLS: HostTool[] = [
  { needs: 'mmdebstrap', debianPackage: 'mmdebstrap' },
  { needs: 'apt-get', debianPackage: 'apt' },
  { needs: 'tar', debianPackage: 'tar' },
  { needs: 'gpgv', debianPackage: 'gpgv' },
  { needs: '/usr/share/keyrings/debian-archive-keyring.gpg', debianPackage: 'debian-archive-keyring' },
];
const UNPRIVILEGED_TOOLS: HostTool[] = [{ needs: 'newuidmap', debianPackage: 'uidmap' }];

/** @returns package names of the list, without comments */
export const parsePackageList = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean);

/** The packages a root is made of. */
export const packageList = async (): Promise<string[]> =>
  parsePackageList(await readFile(resolve(import.meta.dirname, 'packages.list'), 'utf8'));

/** The name of the root that list and recipe make on this kind of machine; comments and layout do not change it. */
export async function rootHash(): Promise<string> {
  const recorderClock = await readFile(project.recorderClock, 'utf8');
  const content = [process.arch, await packageList(), recipe, recorderClock, usersHook(), compileHook(), finishHook()];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/**
 * Makes `<folder>/root` of the package list. Each stage writes `.partial` and renames, so an interrupted build goes on
 * where it was: fetched packages stay fetched, a finished archive is only unpacked.
 */
export async function buildRoot(folder: string, runtime: string, progress: Progress): Promise<void> {
  const archive = `${folder}.tar`;
  if (!(await archiveIsSound(archive, progress))) await buildArchive(archive, runtime, progress);
  await progress.step('unpacking the runtime root', () => unpack(archive, folder));
}

async function archiveIsSound(archive: string, progress: Progress): Promise<boolean> {
  if (!existsSync(archive) || !existsSync(`${archive}.sha256`)) return false;
  const [expected] = (await readFile(`${archive}.sha256`, 'utf8')).split(/\s/);
  if ((await sha256(archive)) === expected) return true;
  progress.warn(`${archive} does not match its checksum; it is built anew`);
  return false;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function buildArchive(archive: string, runtime: string, progress: Progress): Promise<void> {
  await ensureHostTools(isRoot() ? BUILD_TOOLS : [...BUILD_TOOLS, ...UNPRIVILEGED_TOOLS], progress);
  const packages = [...(await packageList()), ...recipe.without];
  const source = hostPackageSource(existsSync);
  await mkdir(runtime, { recursive: true });
  const fetched = await fetchPackages(
    [...packages, ...recipe.compilerPackages],
    source,
    resolve(runtime, 'packages'),
    progress,
  );
  const partial = `${archive}.partial`;
  await rm(partial, { force: true });
  await progress.step('installing packages into the runtime root (about a minute)', () =>
    runCommand('mmdebstrap', mmdebstrapArguments([...packages, ...fetched.voice], source, fetched, partial)),
  );
  await writeFile(`${archive}.sha256`, `${await sha256(partial)}  ${archive.split('/').at(-1) ?? ''}\n`);
  await rename(partial, archive);
}

function mmdebstrapArguments(
  packages: string[],
  source: PackageSource,
  { archives, expired, components }: FetchedPackages,
  target: string,
): string[] {
  return [
    '--variant=apt',
    `--mode=${isRoot() ? 'root' : 'unshare'}`,
    '--format=tar',
    `--include=${packages.join(',')}`,
    ...(expired ? [`--aptopt=Acquire::Check-Valid-Until "false"`] : []),
    ...proxyOptions(),
    ...recipe.excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...recipe.keptPaths.map((path) => `--dpkgopt=path-include=${path}`),
    '--skip=download/empty,essential/unlink',
    `--setup-hook=mkdir -p "$1/var/cache/apt/archives"`,
    `--setup-hook=sync-in ${archives} /var/cache/apt/archives`,
    `--essential-hook=${usersHook()}`,
    `--customize-hook=copy-in ${project.recorderClock} /tmp`,
    `--customize-hook=${compileHook()}`,
    `--customize-hook=${finishHook()}`,
    recipe.suite,
    target,
    sourcesLine(source, components).trim(),
  ];
}

/** mmdebstrap reads none of the host's configuration, yet some networks are left only through a proxy. */
function proxyOptions(): string[] {
  const proxy = process.env.http_proxy;
  return proxy ? [`--aptopt=Acquire::http::Proxy "${proxy}"`] : [];
}

async function unpack(archive: string, folder: string): Promise<void> {
  const partial = `${folder}.partial`;
  await removeTree(partial);
  await mkdir(resolve(partial, 'root'), { recursive: true });
  const owner = isRoot() ? ['--same-owner', '--numeric-owner'] : ['--no-same-owner'];
  await runCommand(findCommand('tar') ?? 'tar', [
    ...['--extract', '--file', archive, '--directory', resolve(partial, 'root')],
    ...[...owner, '--preserve-permissions', '--exclude=./dev/*'],
  ]);
  await rename(partial, folder);
}

/** Folders that packages made unwritable must not keep their owner from removing them. */
export async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  if (!isRoot()) await runCommand('chmod', ['-R', 'u+rwX', path]).catch(() => undefined);
  await rm(path, { recursive: true, force: true });
}
