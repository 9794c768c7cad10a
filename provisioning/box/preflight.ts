import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  homeLayout,
  type OperatorSettings,
  readOperatorSettings,
  SettingsError,
} from '../../backend/src/platform/settings.ts';
import { type Progress } from '../progress.ts';
import { portProblems, type Problem } from './ports.ts';

const GIB = 1024 ** 3;
/** Below this not even the database can be made. */
const LEAST_FREE_BYTES = GIB / 2;
/** About two days of one line that is never silent (115 MB an hour while recording). */
const SCARCE_FREE_BYTES = 5 * GIB;

/**
 * What can be wrong with the settings before anything of a home is touched.
 * @throws SettingsError naming everything at once
 */
export function readCheckedSettings(
  environment: Record<string, string | undefined>,
  progress: Progress,
): OperatorSettings {
  const settings = readOperatorSettings(environment);
  refuse(homeProblems(settings.DENWABAN_HOME, progress));
  return settings;
}

/**
 * To be asked once nothing of this home runs any more, which would hold the very ports.
 * @throws SettingsError naming every port that cannot be had, with its setting
 */
export async function checkPorts(settings: OperatorSettings): Promise<void> {
  refuse(await portProblems(settings));
}

function refuse(problems: Problem[]): void {
  if (problems.length > 0) throw new SettingsError(problems);
}

/** Like `mkdir -p`. Node's own recursive mkdirSync never returns below /proc, where making a folder fails with ENOENT. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o750 });
}

function homeProblems(home: string, progress: Progress): Problem[] {
  try {
    makeFolder(home);
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return [{ setting: 'DENWABAN_HOME', message: `${home} cannot be written (${code})` }];
  }
  const { bavail, bsize } = statfsSync(home);
  const freeBytes = bavail * bsize;
  const room = `${(freeBytes / GIB).toFixed(1)} GiB free`;
  // A box that has run takes calls on a full disk too, and lives by its reserve.
  const isNew = !existsSync(homeLayout(home).reserve);
  if (isNew && freeBytes < LEAST_FREE_BYTES) {
    return [{ setting: 'DENWABAN_HOME', message: `${home} has only ${room}; a new box needs 0.5 GiB` }];
  }
  if (freeBytes < SCARCE_FREE_BYTES)
    progress.warn(`${home} has only ${room}; recordings need about 115 MB an hour and call`);
  return [];
}
