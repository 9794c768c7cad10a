import { Chaos, type ChaosTally } from '../faults/chaos.ts';
import { startScene } from '../town/scene.ts';
import { type Figure } from './figures.ts';

const KILLS = 100;
const CALLS = 20;
/** A process that ends again and again is started ever later; a fresh start of the box forgets that. */
const KILLS_A_BOX = 20;

/** `npm run bench -- chaos`: kill -9 of every process in turn, at random moments under calls. */
export async function benchChaos(): Promise<Figure[]> {
  const seed = Date.now() % 100_000;
  const tallies: ChaosTally[] = [];
  for (let box = 0; box < KILLS / KILLS_A_BOX; box++) {
    const scene = await startScene();
    const tell = (line: string) => console.log(`  ${line}`);
    try {
      const plan = { kills: KILLS_A_BOX, seed: seed + box, calls: CALLS, numberPrefix: '090600', tell };
      tallies.push(await new Chaos(scene, plan).run());
    } finally {
      await scene.stop();
    }
  }
  return [figureOf(tallies, seed)];
}

function figureOf(tallies: readonly ChaosTally[], seed: number): Figure {
  const count = (of: (tally: ChaosTally) => number) => tallies.reduce((sum, tally) => sum + of(tally), 0);
  const worstMs = Math.max(0, ...tallies.flatMap(({ lostToAsteriskMs }) => lostToAsteriskMs));
  const interrupted = count(({ lostToAsteriskMs }) => lostToAsteriskMs.length);
  return {
    what: `kill -9 of each process in turn, ${count(({ kills }) => kills)} times under ${CALLS} calls (seed ${seed})`,
    measured:
      `${count(({ calls }) => calls)} calls: ${count(({ lost }) => lost.length)} recordings lost, ` +
      `${count(({ duplicated }) => duplicated.length)} twice, ${count(({ unreadable }) => unreadable.length)} not whole; ` +
      `${interrupted} calls ended with Asterisk, at most ${worstMs} ms of one missing`,
    baseline: '0, 0 and 0; at most 1000 ms of a call that ends with Asterisk',
    baselineIs: 'what is promised',
  };
}
