import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { oneAtATime } from './one-at-a-time.ts';
import { type Progress } from './progress.ts';
import { project } from './project.ts';
import { runCommand } from './run-command.ts';

interface Build {
  name: string;
  /** Globs below the project; whatever changes in them asks for a new build. */
  inputs: string[];
  ignore: string[];
  /** Must be there afterwards, and before a build may be left out. */
  output: string;
  run: () => Promise<unknown>;
}

const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: project.root });
const tool = (path: string) => resolve(project.root, 'node_modules', path);

const backendBuild: Build = {
  name: 'backend',
  inputs: ['backend/src/**/*.ts', 'backend/tsconfig*.json', 'migrations/**/*.ts', 'tsconfig.json', 'package-lock.json'],
  ignore: ['.spec.ts', '.medium.ts'],
  output: resolve(project.backendMain, 'api.js'),
  run: () => node(tool('typescript/bin/tsc'), '-p', 'backend/tsconfig.build.json'),
};

const consoleBuild: Build = {
  name: 'console',
  inputs: [
    ...['console/src/**/*', 'console/public/**/*', 'console/*.json', 'backend/openapi.json', 'package-lock.json'],
    'backend/src/calls/number-grouping.ts',
  ],
  ignore: ['.spec.ts', 'api/generated/'],
  output: resolve(project.consoleDist, 'index.html'),
  run: buildConsole,
};

/** The page that verifies evidence packages, which goes into each of them. */
const verifierBuild: Build = {
  name: 'verifier',
  inputs: [
    ...['console/verifier/**/*', 'console/src/styles/*.css', 'backend/src/audit/log/*.ts', 'package-lock.json'],
    ...['backend/src/recordings/evidence/evidence-parts.ts', 'provisioning/verifier-page.ts'],
  ],
  ignore: ['.spec.ts', '.fixture.ts'],
  output: project.verifierPage,
  run: async () => (await import('./verifier-page.ts')).buildVerifierPage(),
};

let apiClient: Promise<unknown> | undefined;

/**
 * Makes the console's API client from the API's own description; it is not kept, and building, lint and types cannot do
 * without. Once for all who ask, because it takes its folder away for a moment.
 */
export async function makeApiClient(): Promise<void> {
  const args = [tool('ng-openapi-gen/lib/index.js'), '--config', 'ng-openapi-gen.json'];
  apiClient ??= runCommand(process.execPath, args, { cwd: project.console });
  await apiClient;
}

async function buildConsole(): Promise<void> {
  await makeApiClient();
  const env = { ...process.env, NG_CLI_ANALYTICS: 'false' };
  await runCommand(process.execPath, [tool('@angular/cli/bin/ng.js'), 'build'], { cwd: project.console, env });
}

/**
 * Builds what changed since it was last built.
 * @param withoutConsole what to do when the console cannot be built; without it the error is thrown
 */
export function ensureBuilds(progress: Progress, withoutConsole?: (error: unknown) => void): Promise<void> {
  const waiting = () => progress.info('waiting for another start of this checkout, which is building');
  return oneAtATime(project.build, waiting, () => buildAll(progress, withoutConsole));
}

async function buildAll(progress: Progress, withoutConsole?: (error: unknown) => void): Promise<void> {
  await ensureBuild(backendBuild, progress);
  try {
    await ensureBuild(verifierBuild, progress);
    await ensureBuild(consoleBuild, progress);
  } catch (error) {
    if (!withoutConsole) throw error;
    withoutConsole(error);
  }
}

async function ensureBuild(build: Build, progress: Progress): Promise<void> {
  const stamp = resolve(project.build, `${build.name}.stamp`);
  const wanted = inputsHash(build);
  if (existsSync(build.output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await progress.step(`building the ${build.name}`, build.run);
  if (!existsSync(build.output)) throw new Error(`building the ${build.name} left no ${build.output}`);
  writeFileSync(stamp, wanted);
}

function inputsHash({ inputs, ignore }: Build): string {
  const hash = createHash('sha256').update(process.version);
  for (const path of globSync(inputs, { cwd: project.root }).sort()) {
    const file = resolve(project.root, path);
    if (ignore.some((part) => path.includes(part)) || !statSync(file).isFile()) continue;
    hash.update(path).update(readFileSync(file));
  }
  return hash.digest('hex');
}
