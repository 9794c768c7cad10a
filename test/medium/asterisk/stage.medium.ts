import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { whyNotListen } from '../../../provisioning/box/ports.ts';
import { Place } from '../../town/place.ts';
import { eventually } from '../../town/waiting.ts';
import { Stage } from './stage.ts';

describe('a stage that could not be opened as a whole', () => {
  let place: Place;
  let stage: Stage;

  beforeAll(async () => {
    place = await Place.claim();
    stage = new Stage(place, { office: {} as ConfigurationDocument, tolerates: /nobody-minds/ });
    await expect(stage.open()).rejects.toThrow(TypeError);
  });

  it('fails the test in which Asterisk complains of what is not tolerated, and none after it', async () => {
    await complaint('nobody-minds.so');
    await stage.endTest();
    await complaint('missing.so');
    await expect(stage.endTest()).rejects.toThrow('missing.so');
    await stage.endTest();
  });

  /** Of a module that is not there. */
  async function complaint(module: string): Promise<void> {
    await stage.box.commandLine(`module load ${module}`);
    await eventually('the complaint', () => Promise.resolve(stage.box.complaints().join('').includes(module)));
  }

  it('is ended as a whole, also when something on it does not end', async () => {
    let ended = false;
    stage.alsoEnds(() => {
      ended = true;
    });
    stage.alsoEnds(() => Promise.reject(new Error('does not end')));
    try {
      expect(await whyNotListen('udp', place.box, 5060)).toBe('EADDRINUSE');
    } finally {
      await expect(stage.close()).rejects.toThrow('could not be ended as a whole');
    }
    const { DENWABAN_HOME: home } = stage.box.settings.operator;
    expect([ended, existsSync(home)]).toEqual([true, false]);
    expect(await whyNotListen('udp', place.box, 5060)).toBeNull();
  });
});
