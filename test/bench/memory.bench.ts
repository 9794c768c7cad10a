import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { pause } from '../town/waiting.ts';
import { type BenchBox } from './bench-box.ts';
import { type Figure } from './figures.ts';

const SETTLE_MS = 15_000;

/** Memory of each process and its children once nothing has happened for a while. */
export async function benchMemory({ box }: BenchBox): Promise<Figure[]> {
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' });
  await pause(SETTLE_MS);
  const baseline = `${mib(family(bare.pid ?? 0))} MiB`;
  bare.kill('SIGKILL');
  const each = Object.entries(box.pids).map(([name, pid]) => [
    name,
    name === 'starter' ? [pid ?? 0] : family(pid ?? 0),
  ]);
  const words = (each as [string, number[]][]).map(([name, pids]) => `${name} ${mib(pids)}`);
  const whole = mib((each as [string, number[]][]).flatMap(([, pids]) => pids));
  return [
    {
      what: 'memory, idle, MiB (what is shared is counted once: proportional set size)',
      measured: `${words.join(', ')}; together ${whole}`,
      baseline,
      baselineIs: 'the same Node with nothing to do',
    },
  ];
}

/** A process and all that come from it. */
function family(pid: number): number[] {
  const children = globSync(`/proc/${pid}/task/*/children`).flatMap((file) =>
    readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

function mib(pids: number[]): string {
  const kib = pids.map((pid) => {
    const [, found = '0'] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(found);
  });
  return (kib.reduce((sum, size) => sum + size, 0) / 1024).toFixed(0);
}
