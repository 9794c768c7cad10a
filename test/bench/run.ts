/**
 * `npm run bench`: figures, each with a baseline of the same run, for whoever changes something and wants to know what
 * it costs. Prints, judges nothing. `npm run bench -- set-up search` takes some of them.
 */
import { cpus, totalmem } from 'node:os';
import { ensureHostTools } from '../../provisioning/host-tools.ts';
import { TerminalProgress } from '../../provisioning/progress.ts';
import { type BenchBox, startBenchBox } from './bench-box.ts';
import { type Figure, printFigures } from './figures.ts';
import { benchMemory } from './memory.bench.ts';
import { benchSealing } from './sealing.bench.ts';
import { benchSearch } from './search.bench.ts';
import { benchSetUp } from './set-up.bench.ts';

/** In this order: a box is idle only before anything else, and small before it is filled. */
const BENCHES: Record<string, (bench: BenchBox) => Promise<Figure[]>> = {
  memory: benchMemory,
  'set-up': benchSetUp,
  sealing: benchSealing,
  search: benchSearch,
};

const progress = new TerminalProgress();

function machine({ endpoints }: BenchBox): string {
  const [first, ...more] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(1);
  const { asterisk = 'unknown' } = endpoints.versions;
  return `${more.length + 1} x ${first?.model ?? 'unknown'}, ${memory} GiB, Node ${process.version}, Asterisk ${asterisk}`;
}

async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0)
    throw new Error(`no such benchmark: ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}`);
  await ensureHostTools([{ needs: 'sipp', debianPackage: 'sip-tester' }], progress);
  const bench = await progress.step('starting a box', startBenchBox);
  const stop = () => void bench.stop().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  try {
    const figures: Figure[] = [];
    for (const [name, measure] of Object.entries(BENCHES)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      figures.push(...(await progress.step(name, async () => await measure(bench))));
    }
    console.log(`\n${machine(bench)}`);
    printFigures(figures);
  } finally {
    process.off('disconnect', stop);
    await bench.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    progress.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
