import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SealingScene } from '../../../../test/medium/recordings/sealing-scene.ts';
import type { VictimOrder } from '../../../../test/medium/recordings/sealing-victim.ts';
import { Steps } from '../../../../test/medium/recordings/stepped.ts';
import { Victims } from '../../../../test/medium/recordings/victims.ts';

let scene: SealingScene;
let victims: Victims<VictimOrder>;

beforeAll(async () => {
  scene = await SealingScene.open();
  victims = new Victims('sealing-victim.ts', scene.settings);
});

afterAll(async () => {
  victims.stop();
  await scene.close();
});

describe('sealing that is interrupted', () => {
  it.each(['before', 'after'] as const)(
    '%s any step ends in exactly one recording when repeated',
    async (when) => {
      for (let faultAt = 1, reached = true; reached; faultAt++) {
        const callId = await scene.spool();
        const steps = new Steps(faultAt, when, () => {
          throw new Error(`fault at step ${faultAt}`);
        });
        await scene.seal(callId, { steps }).catch(() => undefined);
        reached = steps.faultReached;
        await scene.seal(callId);
        await scene.expectAlone(callId);
        await rm(join(scene.layout.vault, (await scene.rowOf(callId)).path ?? ''));
        await scene.forgetKeys();
      }
    },
    120_000,
  );

  it('by kill -9 before any step ends in exactly one recording after a restart', async () => {
    for (let dieAt = 1, killed = true; killed; dieAt++) {
      const callId = await scene.spool();
      killed = await victims.die({ callId, dieAt });
      await scene.seal(callId);
      await scene.expectAlone(callId);
      await rm(join(scene.layout.vault, (await scene.rowOf(callId)).path ?? ''));
      await scene.forgetKeys();
      if (!killed) expect(dieAt).toBeGreaterThan(30);
    }
  }, 300_000);
});
