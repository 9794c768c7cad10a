import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AmiConnection } from '../town/ami-connection.ts';
import { OFFICE, PBX_PHONE } from '../town/office.ts';
import { runSipp } from '../town/sipp.ts';
import { pause } from '../town/waiting.ts';
import { type BenchBox, secretOf } from './bench-box.ts';
import { type Figure, percentile } from './figures.ts';

const ROUNDS = 5;
const CALLS = 20;
const CALLS_PER_SECOND = 10;
const TALK_MS = 15_000;
const IDLE_MS = 5000;
const PLAIN_NUMBER = '0312348888';
const OURS = '0900000333';
/** USER_HZ of /proc/<pid>/stat (proc(5)). */
const TICK_MS = 10;
const BACKEND = ['telephony', 'api', 'worker'] as const;

/** A call without anything of ours: recorded in stereo, then the phone rings. */
const PLAIN_DIALPLAN = `
[trunk-hikari]
exten => ${PLAIN_NUMBER},1,MixMonitor(/denwaban/spool/plain-\${UNIQUEID}.raw,D)
 same => n,Dial(PJSIP/${PBX_PHONE},60)
 same => n,Hangup()
`;

/**
 * What a recorded call of 15 s with sound both ways takes of the processor: one of ours, and one of three lines of dialplan, in
 * turns, on the same Asterisk. What the processes take while there are no calls is taken off.
 */
export async function benchCpu(bench: BenchBox): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'denwaban-cpu-'));
  try {
    await addPlainDialplan(bench);
    const scenario = await talkingCall(directory);
    const run = async (to: string) => await measure(bench, scenario, to);
    await run(PLAIN_NUMBER);
    const [ours, plain]: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await run(OFFICE.library));
      plain.push(await run(PLAIN_NUMBER));
    }
    return [figure(ours, plain)];
  } finally {
    await rm(directory, { recursive: true });
  }
}

interface Taken {
  successful: number;
  asteriskMs: number;
  backendMs: number;
}

const median = (takes: Taken[], of: (taken: Taken) => number): number => percentile(takes.map(of), 0.5);

function figure(ours: Taken[], plain: Taken[]): Figure {
  const asterisk = (takes: Taken[]) => median(takes, ({ asteriskMs, successful }) => asteriskMs / successful);
  const backend = median(ours, ({ backendMs, successful }) => backendMs / successful);
  const ratio = asterisk(ours) / asterisk(plain);
  const told = (takes: Taken[]) =>
    `Asterisk ${asterisk(takes).toFixed(0)} ms a call (rounds: ${takes.map(({ asteriskMs, successful }) => (asteriskMs / successful).toFixed(0)).join(', ')})`;
  return {
    what: `processor time of a recorded call of ${TALK_MS / 1000} s, medians of ${ROUNDS} rounds`,
    measured: `${told(ours)}, ${ratio.toFixed(2)} x plain (target 1.10); telephony, api and worker together ${backend.toFixed(0)} ms a call, sealing included`,
    baseline: told(plain),
    baselineIs: 'MixMonitor and Dial on the same Asterisk, in turns; what is taken while idle is taken off',
  };
}

async function measure({ box, carrier }: BenchBox, scenarioFile: string, to: string): Promise<Taken> {
  const pids = { asterisk: [box.pids.asterisk ?? 0], backend: BACKEND.map((name) => box.pids[name] ?? 0) };
  const idleFrom = { asterisk: timeOf(pids.asterisk), backend: timeOf(pids.backend) };
  await pause(IDLE_MS);
  const before = { asterisk: timeOf(pids.asterisk), backend: timeOf(pids.backend) };
  const beganAt = performance.now();
  const run = {
    scenario: 'short-call',
    scenarioFile,
    box: { host: '127.0.0.1', port: box.sipPort },
    from: carrier,
  } as const;
  const { successful } = await runSipp({ ...run, to, caller: OURS, calls: CALLS, perSecond: CALLS_PER_SECOND });
  // What is left to do after a call: sealing.
  await pause(IDLE_MS);
  const elapsedMs = performance.now() - beganAt;
  const taken = (whose: keyof typeof pids) =>
    timeOf(pids[whose]) - before[whose] - ((before[whose] - idleFrom[whose]) * elapsedMs) / IDLE_MS;
  return { successful, asteriskMs: taken('asterisk'), backendMs: taken('backend') };
}

/** @returns user and system time of processes and of their ended children, in ms */
function timeOf(pids: number[]): number {
  const ticks = pids.map((pid) => {
    const [, fields = ''] = /\) (.*)$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8').trim()) ?? [];
    return fields
      .split(' ')
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0);
  });
  return ticks.reduce((sum, one) => sum + one, 0) * TICK_MS;
}

async function addPlainDialplan(bench: BenchBox): Promise<void> {
  await appendFile(join(bench.box.home, 'asterisk/etc/extensions.conf'), PLAIN_DIALPLAN);
  const password = secretOf(bench, 'ami-password');
  const ami = await AmiConnection.open('127.0.0.1', bench.endpoints.amiPort, 'denwaban', password);
  await ami.action({ Action: 'Reload', Module: 'pbx_config.so' });
  ami.close();
}

/** `short-call` with sound: the phone sends back what it hears. */
async function talkingCall(directory: string): Promise<string> {
  const sound = join(directory, 'noise.ulaw');
  await writeFile(sound, randomBytes(8000));
  const shortCall = await readFile(new URL('../town/sipp/short-call.xml', import.meta.url), 'utf8');
  const talking = `<nop><action><exec rtp_stream="${sound},-1,0" /></action></nop>\n  <pause milliseconds="${TALK_MS}" />`;
  const scenario = join(directory, 'talking-call.xml');
  await writeFile(scenario, shortCall.replace('<pause milliseconds="500" />', talking));
  return scenario;
}
