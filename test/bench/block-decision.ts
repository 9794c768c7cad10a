import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ApprovedRule, decideBlock, matchKeyOf } from '../../backend/src/blocklist/block-decision.ts';
import { type AmiConnection } from '../town/ami-connection.ts';
import { eventually } from '../town/waiting.ts';
import { type BenchBox, secretOf } from './bench-box.ts';

const DECISIONS = 1000;
/** Each ends in a figure of its own: the least of them has the least of what else the machine did meanwhile. */
const RUNS = 5;
const MS_PER_TICK = 10;

/** One decision, ms: by the clock, and of the processor's time, which a busy machine does not lengthen. */
export interface Took {
  clockMs: number;
  processorMs: number;
}

export const toldShortly = (runs: readonly Took[]): string => {
  const least = (values: number[]) => Math.min(...values).toFixed(4);
  const clock = least(runs.map(({ clockMs }) => clockMs));
  return `${clock} ms (processor ${least(runs.map(({ processorMs }) => processorMs))} ms)`;
};

/** Decisions of the engine among so many rules. @returns what one takes, of each run */
export function engineDecisions(number: string, ruledNumbers: readonly string[]): Took[] {
  const rules = ruledNumbers.map((ruled): ApprovedRule => {
    const match = { kind: 'exact', number: ruled } as const;
    return { id: ruled, match, lines: null, action: { type: 'flag' }, startsAt: new Date(0), expiresAt: null };
  });
  const byKey = Map.groupBy(rules, ({ match }) => matchKeyOf(match));
  const caller = { presentation: 'shown', number, line: 'main' } as const;
  const now = new Date();
  return Array.from({ length: RUNS }, () => {
    const began = performance.now();
    const before = process.cpuUsage();
    for (let n = 0; n < DECISIONS; n += 1) decideBlock(caller, (key) => byKey.get(key) ?? [], now);
    const { user, system } = process.cpuUsage(before);
    return { clockMs: (performance.now() - began) / DECISIONS, processorMs: (user + system) / 1000 / DECISIONS };
  });
}

/**
 * Decisions of the dialplan about a number that no rule catches, which is the longest way, one after the other in one
 * channel, with no calls around them.
 * @returns what one takes, of each run, and what the loop takes without it
 */
export async function dialplanDecisions(bench: BenchBox, ami: AmiConnection, number: string) {
  const decisions: Took[] = [];
  const loops: Took[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    decisions.push(await inOneChannel(bench, ami, number, 'block,s,1'));
    loops.push(await inOneChannel(bench, ami, number, 'bench-nothing,s,1'));
  }
  return { decisions, loops };
}

/** @param subroutine where it is called */
async function inOneChannel(bench: BenchBox, ami: AmiConnection, number: string, subroutine: string): Promise<Took> {
  const context = `bench-${randomUUID()}`;
  const now = '${STRFTIME(,UTC,%s%3q)}';
  await place(ami, 'bench-nothing', 's', ['Return()']);
  await place(ami, context, 's', [
    'Answer()',
    'Set(DENWABAN_PRESENTATION=shown)',
    `Set(DENWABAN_NUMBER=${number})`,
    'Set(DENWABAN_LINE=main)',
    'Set(ROUND=0)',
    `Set(BEGAN=${now})`,
    `Gosub(${subroutine})`,
    'Set(ROUND=$[${ROUND} + 1])',
    `GotoIf($[\${ROUND} < ${DECISIONS}]?7)`,
    `Set(DB(bench/${context})=$[${now} - \${BEGAN}])`,
    'Hangup()',
  ]);
  await place(ami, context, 'other', ['Wait(60)']);
  const before = processorMsOf(bench);
  await originate(bench, context);
  const took = await eventually(
    'the decisions to be taken',
    async () => {
      const kept = await ami.action({ Action: 'DBGet', Family: 'bench', Key: context }).catch(() => []);
      return kept.find(({ Val }) => Val !== undefined)?.Val;
    },
    { withinMs: 60_000 },
  );
  const processorMs = (processorMsOf(bench) - before) / DECISIONS;
  await ami.action({ Action: 'DBDelTree', Family: 'bench' });
  return { clockMs: Number(took) / DECISIONS, processorMs };
}

/** All of Asterisk's threads, proc_pid_stat(5); it has nothing else to do. */
function processorMsOf({ box }: BenchBox): number {
  const fields = readFileSync(`/proc/${box.pids.asterisk}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

async function place(ami: AmiConnection, context: string, extension: string, steps: readonly string[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const [, application = '', data = ''] = /^(\w+)\((.*)\)$/.exec(step) ?? [];
    const where = { Context: context, Extension: extension, Priority: String(index + 1) };
    const what = { Application: application, ...(data && { ApplicationData: data }) };
    await ami.action({ Action: 'DialplanExtensionAdd', ...where, ...what, Replace: 'yes' });
  }
}

async function originate(bench: BenchBox, context: string): Promise<void> {
  const query = new URLSearchParams({ endpoint: `Local/s@${context}`, context, extension: 'other', priority: '1' });
  const key = Buffer.from(`denwaban:${secretOf(bench, 'ari-password')}`).toString('base64');
  const url = `http://127.0.0.1:${bench.endpoints.ariPort}/ari/channels?${query.toString()}`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Basic ${key}` } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
