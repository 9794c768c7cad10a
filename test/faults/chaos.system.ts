import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Scene, startScene } from '../town/scene.ts';
import { Chaos, VICTIMS } from './chaos.ts';

/** Tried a hundred times by `npm run bench -- chaos`; here each process once. */
const KILLS = VICTIMS.length;
const CALLS = 6;
/** MixMonitor's buffer, and the time the town takes to notice. */
const LOST_AT_MOST_MS = 1000;

describe('processes are killed at random under calls', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
  });

  afterAll(async () => {
    await scene.stop();
  });

  it('no recording is lost, none is there twice, and each can be heard from its first word to its last', async () => {
    const seed = Date.now() % 100_000;
    const told: string[] = [];
    const tell = (text: string) => void told.push(text);
    const tally = await new Chaos(scene, { kills: KILLS, seed, calls: CALLS, numberPrefix: '090600', tell }).run();
    console.info([`seed ${seed}: ${tally.calls} calls`, ...told].join('\n'));
    expect(tally).toMatchObject({ lost: [], duplicated: [], unreadable: [] });
    expect(tally.calls).toBeGreaterThan(CALLS * 2);
    expect(tally.lostToAsteriskMs.length).toBe(CALLS);
    expect(Math.max(...tally.lostToAsteriskMs)).toBeLessThanOrEqual(LOST_AT_MOST_MS);
  }, 180_000);
});
