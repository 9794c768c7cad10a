import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { durationMs, otherSoundIntervals, toneIntervals, totalMs } from '../town/listen.ts';
import { Place } from '../town/place.ts';
import { Town } from '../town/town.ts';
import { pause } from '../town/waiting.ts';

/** The town calls itself: its carrier's calls go to its own business phone, so that only the town can be wrong. */
describe('the town without a box', () => {
  const OFFICE = '0312345678';
  let place: Place;
  let town: Town;

  beforeAll(async () => {
    place = await Place.claim();
    town = await Town.start({ box: { host: place.pbx, port: 5060 }, phones: [], place });
  });

  afterAll(async () => {
    await town.stop();
    await place.release();
  });

  it('lets both parties hear each other for as long as they talk', async () => {
    const phone = town.phone(OFFICE).willAnswer({ afterMs: 300, says: { tone: 1000 } });
    const caller = await town.call({ from: '0901234567', to: OFFICE, says: { tone: 440 } });
    const call = await phone.rung();
    expect(call.callerNumber).toBe('0901234567');
    expect((await caller.answered()) - (await caller.ringing())).toBeGreaterThan(250);
    await pause(1000);
    await caller.hangUp();
    const talkedMs = (await caller.ended()).at - (await caller.answered());

    for (const [party, hears, says] of [
      [caller, 1000, 440],
      [call, 440, 1000],
    ] as const) {
      await party.ended();
      const sound = await party.heard();
      expect(totalMs(toneIntervals(sound.left, hears))).toBeGreaterThan(talkedMs - 250);
      expect(toneIntervals(sound.left, says)).toEqual([]);
      expect(Math.abs(durationMs(sound.left) - talkedMs)).toBeLessThan(100);
    }
  });

  it('shows a withheld number to nobody', async () => {
    const phone = town.phone(OFFICE).willAnswer();
    const caller = await town.call({ from: '0901234567', presentation: 'withheld', to: OFFICE });
    expect((await phone.rung()).callerNumber).toBe('anonymous');
    await caller.hangUp();
  });

  it.each([
    ['busy', 486],
    ['declined', 603],
  ] as const)('refuses with the status of a phone that is %s', async (how, status) => {
    town.phone(OFFICE).willRefuse(how);
    const caller = await town.call({ from: '0901234567', to: OFFICE });
    expect((await caller.ended()).sipStatus).toBe(status);
  });

  it('speaks, holds, goes silent and vanishes', async () => {
    const phone = town.phone(OFFICE).willAnswer({ afterMs: 0 });
    const caller = await town.call({ from: '0901234567', to: OFFICE, says: { speech: 'もしもし、しみんかですか' } });
    const call = await phone.rung();
    await call.answered();
    await pause(800);
    await call.hold();
    await pause(600);
    await call.resume();
    await pause(600);
    await call.goSilent();
    await pause(500);
    await caller.vanish();
    await pause(500);
    await caller.hangUp();
    await call.ended();

    const heardByPhone = (await call.heard()).left;
    expect(totalMs(otherSoundIntervals(heardByPhone, [1000]))).toBeGreaterThan(600);
    const heardByCaller = toneIntervals((await caller.heard()).left, 1000);
    expect(heardByCaller).toHaveLength(2);
    expect(totalMs(heardByCaller)).toBeLessThan(1700);
  });
});
