import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Progress } from '../progress.ts';
import { RunningProcesses, startOf } from './running-processes.ts';
import { SupervisedProcess, type ProcessPlan } from './supervised-process.ts';

let folder: string;
let said: string[];
let started: SupervisedProcess[];

const progress: Progress = {
  step: (_title, work) => work(),
  info: (text) => void said.push(text),
  warn: (text) => void said.push(text),
  error: (text) => void said.push(text),
};

beforeEach(() => {
  folder = mkdtempSync(resolve(tmpdir(), 'denwaban-supervision-'));
  said = [];
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((it) => it.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const registry = () => new RunningProcesses(resolve(folder, 'processes.json'));

function supervise(script: string, overrides: Partial<ProcessPlan> = {}): SupervisedProcess {
  const plan: ProcessPlan = {
    name: 'child',
    command: () => ({ file: process.execPath, args: ['-e', script] }),
    env: process.env,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 300,
    logFile: resolve(folder, 'child.log'),
    ...overrides,
  };
  const supervised = new SupervisedProcess(plan, progress, registry());
  started.push(supervised);
  return supervised;
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !condition();) {
    if (performance.now() > end) throw new Error(`waited in vain; said:\n${said.join('\n')}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

const RUNS_ON = 'setInterval(() => {}, 1000)';

describe('a supervised process', () => {
  it('is started again after kill -9, and it is said why and how often', async () => {
    const child = supervise(RUNS_ON);
    await child.start();
    const first = child.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await until(() => child.pid !== undefined && child.pid !== first);
    expect(said.join('\n')).toMatch(
      /child ended after .* \(SIGKILL\); starting it again in 0.5 s \(failure 1 in a row\)/,
    );
  });

  it('that ends again and again is started ever more slowly, never in silence', async () => {
    const child = supervise('console.error("no luck"); process.exit(3)');
    await child.start();
    await until(() => said.filter((line) => line.includes('starting it again')).length === 2);
    expect(said.join('\n')).toMatch(/exit code 3: no luck\); starting it again in 0.5 s \(failure 1 in a row\)/);
    expect(said.join('\n')).toMatch(/exit code 3: no luck\); starting it again in 1 s \(failure 2 in a row\)/);
  });

  it('that cannot be started at all is tried again, and that is said', async () => {
    const child = supervise('', { command: () => ({ file: '/no/such/program', args: [] }) });
    await child.start();
    await until(() => said.some((line) => line.includes('ENOENT')));
  });

  it('is killed when it does not stop', async () => {
    const child = supervise(`process.on('SIGTERM', () => {}); console.log('deaf'); ${RUNS_ON}`);
    await child.start();
    const pid = child.pid ?? 0;
    await until(() => child.lastLine === 'deaf');
    await child.stop();
    expect(startOf(pid)).toBeNull();
    expect(said.join('\n')).toContain('is killed');
  });

  it('is not started again once it was stopped, not even while it waits for its next try', async () => {
    const child = supervise('process.exit(1)');
    await child.start();
    await until(() => said.length === 1);
    await child.stop();
    await new Promise((done) => setTimeout(done, 700));
    expect(child.pid).toBeUndefined();
    expect(said).toHaveLength(1);
  });

  it('has its lines in its log, and its errors before the eyes', async () => {
    const child = supervise(`console.log('{"level":50,"msg":"broken"}'); console.log('plain'); ${RUNS_ON}`);
    await child.start();
    await until(() => child.lastLine === 'plain');
    expect(readFileSync(resolve(folder, 'child.log'), 'utf8')).toBe('{"level":50,"msg":"broken"}\nplain\n');
    expect(said).toEqual(['child: broken']);
  });

  it('is found and ended by a later starter when its own was killed', async () => {
    const child = supervise(RUNS_ON);
    await child.start();
    const pid = child.pid ?? 0;
    const ended = registry().endLeftovers();
    expect(await ended).toEqual(['child']);
    expect(startOf(pid)).toBeNull();
  });
});

describe('the record of running processes', () => {
  it('never takes another process for one of its own because of a reused pid', async () => {
    const file = resolve(folder, 'processes.json');
    const record = new RunningProcesses(file);
    record.add('me', process.pid);
    expect(record.alive()).toEqual([{ name: 'me', pid: process.pid }]);
    const json = readFileSync(file, 'utf8').replace(/\/\d+"/, '/1"');
    writeFileSync(file, json);
    expect(new RunningProcesses(file).alive()).toEqual([]);
    expect(await new RunningProcesses(file).endLeftovers()).toEqual([]);
  });
});
