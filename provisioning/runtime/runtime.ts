import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { oneAtATime } from '../one-at-a-time.ts';
import { type Progress } from '../progress.ts';
import { project } from '../project.ts';
import { buildRoot, packageList, rootHash } from './build-root.ts';
import { speakPrompts } from './prompts.ts';
import { architecture, writeToolShims } from './tools.ts';
import { installedVersions, refuseOldAsterisk } from './versions.ts';

export interface Runtime {
  /** The runtime root: what Asterisk and Postgres see as `/`. */
  root: string;
  toolsDir: string;
  promptsDir: string;
  versions: Record<string, string>;
}

/** Brings the runtime root, its tools and the spoken prompts; quick and without network when they are there. */
export function ensureRuntime(progress: Progress): Promise<Runtime> {
  architecture();
  const waiting = () => progress.info('waiting for another start, which is building the runtime root');
  return oneAtATime(project.runtime, waiting, () => bringRuntime(progress));
}

async function bringRuntime(progress: Progress): Promise<Runtime> {
  // Shims hold absolute paths, which must be the same from every checkout that shares the folder.
  const runtime = realpathSync(project.runtime);
  const folder = resolve(runtime, await rootHash());
  if (!existsSync(folder)) await buildRoot(folder, runtime, progress);
  const root = resolve(folder, 'root');
  const versions = await recordedVersions(folder, root);
  refuseOldAsterisk(versions);
  await pointAt(resolve(runtime, 'current'), basename(folder));
  await pointAt(resolve(runtime, 'current.tar'), `${basename(folder)}.tar`);
  const toolsDir = resolve(folder, 'tools');
  await writeToolShims(root, toolsDir);
  const promptsDir = await speakPrompts(resolve(project.prompts, 'prompts.json'), toolsDir, runtime, progress);
  return { root, toolsDir, promptsDir, versions };
}

/** In the container image the root is all around us, and its tools are where they belong. */
export async function surroundingRuntime(progress: Progress): Promise<Runtime> {
  const versions = await installedVersions('/', await packageList());
  refuseOldAsterisk(versions);
  const toolsDir = '/usr/bin';
  const spoken = resolve('/var/lib/denwaban-prompts');
  mkdirSync(spoken, { recursive: true });
  const promptsDir = await speakPrompts(resolve(project.prompts, 'prompts.json'), toolsDir, spoken, progress);
  return { root: '/', toolsDir, promptsDir, versions };
}

/** What systemd's units and the container file call the newest root: a link that never points at half a one. */
async function pointAt(link: string, name: string): Promise<void> {
  if ((await readlink(link).catch(() => null)) === name) return;
  await rm(`${link}.partial`, { force: true });
  await symlink(name, `${link}.partial`);
  await rename(`${link}.partial`, link);
}

async function recordedVersions(folder: string, root: string): Promise<Record<string, string>> {
  const file = resolve(folder, 'versions.json');
  if (!existsSync(file)) {
    await writeFile(`${file}.partial`, JSON.stringify(await installedVersions(root, await packageList()), null, 2));
    await rename(`${file}.partial`, file);
  }
  return z.record(z.string(), z.string()).parse(JSON.parse(await readFile(file, 'utf8')));
}
