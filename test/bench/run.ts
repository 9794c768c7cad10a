/**
 * `npm run bench`: figures, each with a baseline of the same run, for whoever changes something and wants to know what
 * it costs. Prints, judges nothing. `npm run bench -- set-up search` takes some of them.
 */
import { cpus, totalmem } from 'node:os';
import { ensureHostTools } from '../../provisioning/host-tools.ts';
import { TerminalProgress } from '../../provisioning/progress.ts';
import { benchBlocklist } from './blocklist.bench.ts';
import { type BenchBox, startBenchBox } from './bench-box.ts';
import { type Figure, printFigures } from './figures.ts';
import { benchChaos } from './chaos.bench.ts';
import { benchCpu } from './cpu.bench.ts';
import { benchExport } from './export.bench.ts';
import { benchMemory } from './memory.bench.ts';
import { benchSealing } from './sealing.bench.ts';
import { benchSearch } from './search.bench.ts';
import { benchSetUp } from './set-up.bench.ts';
import { benchVault } from './vault.bench.ts';

/** In this order: a box is idle only before anything else, and small before it is filled. */
const BENCHES: Record<string, (bench: BenchBox) => Promise<Figure[]>> = {
  memory: benchMemory,
  'set-up': benchSetUp,
  cpu: benchCpu,
  sealing: benchSealing,
  export: benchExport,
  search: benchSearch,
  blocklist: benchBlocklist,
};

/** These need no box of the others, or take one of their own. */
const ALONE: Record<string, () => Promise<Figure[]>> = { vault: benchVault, chaos: benchChaos };
/** Too long to be among all: only when asked for. */
const ON_DEMAND = new Set(['chaos', 'export']);

const progress = new TerminalProgress();

function machine({ endpoints }: BenchBox): string {
  const [first, ...more] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(1);
  const { asterisk = 'unknown' } = endpoints.versions;
  return `${more.length + 1} x ${first?.model ?? 'unknown'}, ${memory} GiB, Node ${process.version}, Asterisk ${asterisk}`;
}

async function inBox(names: string[]): Promise<Figure[]> {
  if (names.length === 0) return [];
  await ensureHostTools([{ needs: 'sipp', debianPackage: 'sip-tester' }], progress);
  const bench = await progress.step('starting a box', startBenchBox);
  const stop = () => void bench.stop().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  try {
    const figures: Figure[] = [];
    for (const name of names) {
      const measure = BENCHES[name];
      if (measure) figures.push(...(await progress.step(name, async () => await measure(bench))));
    }
    console.log(`\n${machine(bench)}`);
    return figures;
  } finally {
    process.off('disconnect', stop);
    await bench.stop();
  }
}

async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const all = [...Object.keys(BENCHES), ...Object.keys(ALONE)];
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no such benchmark: ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  const wanted = (name: string) => (chosen.length === 0 ? !ON_DEMAND.has(name) : chosen.includes(name));
  const figures = await inBox(Object.keys(BENCHES).filter(wanted));
  for (const [name, measure] of Object.entries(ALONE)) {
    if (wanted(name)) figures.push(...(await progress.step(name, measure)));
  }
  printFigures(figures);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    progress.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
