import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BoxAddress } from './town-configuration.ts';

export type SippScenario =
  'cancelled' | 'no-such-codec' | 'refused' | 'reliable' | 'short-call' | 'vanishing' | 'vanishing-later';

export interface SippRun {
  scenario: SippScenario;
  /** In place of the scenario of that name. */
  scenarioFile?: string;
  box: BoxAddress;
  /** The carrier's address: the box knows it by that. */
  from: string;
  /** The dialled number. */
  to: string;
  caller: string;
  /** Display name; as long as one likes. */
  name?: string;
  calls?: number;
  perSecond?: number;
}

export interface SippResult {
  successful: number;
  failed: number;
  /** INVITE to 200 of each call, where the scenario measures it. */
  answerMs: number[];
  output: string;
}

const TIMEOUT_S = 150;

/** Runs a scenario of SIPp (http://sipp.sourceforge.net) for a bounded number of calls at a bounded rate. */
export async function runSipp(run: SippRun): Promise<SippResult> {
  const directory = await mkdtemp(join(tmpdir(), 'denwaban-sipp-'));
  try {
    const { calls = 1, perSecond = 10 } = run;
    const scenario = run.scenarioFile ?? new URL(`./sipp/${run.scenario}.xml`, import.meta.url).pathname;
    const args = [
      `${run.box.host}:${run.box.port}`,
      ...['-sf', scenario, '-i', run.from, '-p', String(freeish()), '-mi', run.from],
      ...['-s', run.to, '-key', 'caller', run.caller, '-key', 'name', run.name ?? 'caller'],
      ...['-m', String(calls), '-r', String(perSecond), '-l', String(calls)],
      ...['-timeout', `${TIMEOUT_S}s`, '-timeout_error', '-nostdin', '-trace_stat', '-stf', join(directory, 'stat')],
      ...['-trace_rtt', '-rtt_freq', '1', '-trace_err', '-error_file', join(directory, 'errors')],
    ];
    const output = await new Promise<string>((resolve) => {
      const options = { cwd: directory, timeout: (TIMEOUT_S + 10) * 1000, maxBuffer: 64 * 1024 * 1024 };
      execFile('sipp', args, options, (_error, stdout, stderr) => resolve(stdout.slice(-2000) + stderr.slice(-2000)));
    });
    const errors = await readFile(join(directory, 'errors'), 'utf8').catch(() => '');
    return { ...(await statistics(directory)), answerMs: await responseTimes(directory), output: output + errors };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function statistics(directory: string): Promise<{ successful: number; failed: number }> {
  const lines = (await readFile(join(directory, 'stat'), 'utf8').catch(() => '')).trim().split('\n');
  const names = (lines[0] ?? '').split(';');
  const values = (lines.at(-1) ?? '').split(';');
  const read = (name: string) => Number(values[names.indexOf(name)] ?? Number.NaN);
  return { successful: read('SuccessfulCall(C)'), failed: read('FailedCall(C)') };
}

async function responseTimes(directory: string): Promise<number[]> {
  const file = readdirSync(directory).find((name) => name.endsWith('_rtt.csv'));
  if (file === undefined) return [];
  const [, ...lines] = (await readFile(join(directory, file), 'utf8')).trim().split('\n');
  return lines.map((line) => Number(line.split(';')[1]));
}

/** A port of the carrier's address other than the town's own 5060. */
const freeish = () => 30_000 + Math.floor(Math.random() * 20_000);
