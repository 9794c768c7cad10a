import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { whyNotListen } from '../../../provisioning/box/ports.ts';
import { Place } from '../../town/place.ts';
import { Stage } from './stage.ts';

describe('a stage', () => {
  it('is ended as a whole also when it could not be opened, or something on it does not end', async () => {
    const place = await Place.claim();
    const stage = new Stage(place, { office: {} as ConfigurationDocument });
    let ended = false;
    stage.alsoEnds(() => {
      ended = true;
    });
    stage.alsoEnds(() => Promise.reject(new Error('does not end')));
    try {
      await expect(stage.open()).rejects.toThrow(TypeError);
      expect(await whyNotListen('udp', place.box, 5060)).toBe('EADDRINUSE');
    } finally {
      await expect(stage.close()).rejects.toThrow('could not be ended as a whole');
    }
    const { DENWABAN_HOME: home } = stage.box.settings.operator;
    expect([ended, existsSync(home)]).toEqual([true, false]);
    expect(await whyNotListen('udp', place.box, 5060)).toBeNull();
  });
});
