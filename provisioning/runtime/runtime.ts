import { existsSync, realpathSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
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
  const toolsDir = resolve(folder, 'tools');
  await writeToolShims(root, toolsDir);
  const promptsDir = await speakPrompts(resolve(project.prompts, 'prompts.json'), toolsDir, runtime, progress);
  return { root, toolsDir, promptsDir, versions };
}

async function recordedVersions(folder: string, root: string): Promise<Record<string, string>> {
  const file = resolve(folder, 'versions.json');
  if (!existsSync(file)) {
    await writeFile(`${file}.partial`, JSON.stringify(await installedVersions(root, await packageList()), null, 2));
    await rename(`${file}.partial`, file);
  }
  return z.record(z.string(), z.string()).parse(JSON.parse(await readFile(file, 'utf8')));
}
