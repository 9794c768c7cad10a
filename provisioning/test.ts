import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ensureBuilds, makeApiClient } from './builds.ts';
import { ensureHostTools, type HostTool } from './host-tools.ts';
import { TerminalProgress } from './progress.ts';
import { project } from './project.ts';
import { ensureRuntime } from './runtime/runtime.ts';

/** What only tests need of the machine. */
const TEST_TOOLS: HostTool[] = [
  { needs: 'chromium', debianPackage: 'chromium' },
  { needs: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', debianPackage: 'fonts-noto-cjk' },
  { needs: 'sipp', debianPackage: 'sip-tester' },
];

const JestResult = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), invocations: z.int().default(1) }),
      ),
    }),
  ),
});
type JestResult = z.infer<typeof JestResult>;

const progress = new TerminalProgress();
const total = { passed: 0, failed: 0 };
/** Tests that failed at first: see `test/second-try.ts`. */
const passedLater: string[] = [];

/** Runs one of the project's own tools in sight of the user. */
function run(script: string, ...args: string[]): Promise<boolean> {
  const quiet = '--disable-warning=ExperimentalWarning';
  const child = spawn(
    process.execPath,
    [quiet, '--experimental-vm-modules', resolve(project.root, 'node_modules', script), ...args],
    {
      cwd: project.root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  return new Promise((done) => child.on('close', (code) => done(code === 0)).on('error', () => done(false)));
}

async function all(...commands: string[][]): Promise<boolean> {
  for (const [script = '', ...args] of commands) if (!(await run(script, ...args))) return false;
  return true;
}

async function jest(...configurations: string[]): Promise<boolean> {
  for (const configuration of configurations.filter((file) => existsSync(resolve(project.root, file)))) {
    const report = resolve(project.build, `test-${configuration.replaceAll('/', '-')}.json`);
    const succeeded = await run('jest/bin/jest.js', '-c', configuration, '--json', `--outputFile=${report}`);
    const result = JestResult.parse(JSON.parse(readFileSync(report, 'utf8')));
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    passedLater.push(...namesOfPassedLater(result));
    if (!succeeded) return false;
  }
  return true;
}

const namesOfPassedLater = ({ testResults }: JestResult): string[] =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, invocations }) => status === 'passed' && invocations > 1)
    .map(({ fullName }) => fullName);

const STAGES = {
  format: () => run('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  lint: async () => {
    await makeApiClient();
    return run('eslint/bin/eslint.js', '--max-warnings=0', '.');
  },
  types: async () => {
    await makeApiClient();
    return all(
      ...['tsconfig.json', 'backend/tsconfig.json', 'test/medium/tsconfig.json', 'console/verifier/tsconfig.json'].map(
        (file) => ['typescript/bin/tsc', '-p', file],
      ),
      ['typescript/bin/tsc', '--noEmit', '-p', 'console/tsconfig.spec.json'],
    );
  },
  tools: async () => {
    await ensureHostTools(TEST_TOOLS, progress);
    return true;
  },
  build: async () => {
    await Promise.all([ensureRuntime(progress), ensureBuilds(progress)]);
    return true;
  },
  unit: () => jest('backend/jest.config.js', 'console/jest.config.js'),
  medium: () => jest('test/medium/jest.config.js'),
  system: async () => {
    await ensureHostTools(TEST_TOOLS, progress);
    return jest('test/system/jest.config.js');
  },
} satisfies Record<string, () => Promise<boolean>>;

type Stage = keyof typeof STAGES;

/**
 * Steps, one after the other; the lanes of a step run side by side, each with its stages in order. The tests have the machine to
 * themselves: they listen to calls, and sound that comes late is sound that is missing.
 */
const STEPS: Stage[][][] = [
  [['format', 'lint', 'types'], ['build'], ['tools']],
  [['unit']],
  [['medium']],
  [['system']],
];

async function runStage(name: string, stage: () => Promise<boolean>): Promise<boolean> {
  const failedBefore = total.failed;
  try {
    return await progress.step(name, async () => {
      if (await stage()) return true;
      throw new Error('failed');
    });
  } catch (error) {
    // Format, lint and types have no tests to count: the stage itself is what failed.
    if (total.failed === failedBefore) total.failed += 1;
    progress.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function runLane(names: Stage[]): Promise<boolean> {
  for (const name of names) if (!(await runStage(name, STAGES[name]))) return false;
  return true;
}

async function main(): Promise<boolean> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !Object.hasOwn(STAGES, name));
  if (unknown.length > 0) {
    progress.error(`no such stage: ${unknown.join(', ')}; there are: ${Object.keys(STAGES).join(', ')}`);
    return false;
  }
  mkdirSync(project.build, { recursive: true });
  const isChosen = (name: string) => chosen.length === 0 || chosen.includes(name);
  for (const lanes of STEPS) {
    const results = await Promise.all(lanes.map((lane) => runLane(lane.filter(isChosen))));
    if (results.includes(false)) return false;
  }
  return true;
}

const succeeded = await main();
for (const name of passedLater) progress.warn(`failed at first, passed the second time: ${name}`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(succeeded ? 0 : 1);
