import { beforeAll, describe, expect, it } from '@jest/globals';
import { SWITCH_BY_PHONE_FAMILY, SWITCH_FAMILY } from '../../../backend/src/asterisk/dialplan-names.ts';
import { readPhoneSwitch } from '../../../backend/src/schedules/phone-switches.service.ts';
import { officeHours } from '../../../backend/src/schedules/schedule.fixture.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { eventually } from '../../town/waiting.ts';
import type { BoxAsterisk } from './box-asterisk.ts';
import { citizensOffice, heardBy, spokenMs } from './citizens-desk.ts';
import { setStage, UNCLAIMED } from './stage.ts';

const place = await Place.claim();
const office = citizensOffice(place, { schedules: [{ ...officeHours(), code: '1', switchPhones: ['p203'] }] });

describe('a schedule switched by phone, with no backend', () => {
  const stage = setStage(place, { office, tolerates: UNCLAIMED });
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });
  /** What waits for the telephony process, in the order in which it was pressed. */
  const pressed = async () =>
    [...(await box.commands.kept(SWITCH_BY_PHONE_FAMILY))]
      .map(([key, value]) => readPhoneSwitch(key, value))
      .toSorted((one, other) => Number(one?.at) - Number(other?.at));

  it('a phone that may closes a schedule until midnight, and opens it again; another is told that it may not', async () => {
    const switches = async () => [...(await box.commands.kept(SWITCH_FAMILY))];
    const stranger = await town.callFromPhone('202', '*61');
    await stranger.ended();
    expect([spokenMs(await heardBy(stranger)) > 1000, await switches()]).toEqual([true, []]);
    const closing = await town.callFromPhone('203', '*61');
    await closing.ended();
    const [[schedule, value] = ['', '']] = await switches();
    const until = new Date(Number(value.split('/')[1]) * 1000);
    expect([schedule, value.split('/')[0], until.toISOString().slice(11)]).toEqual([
      'office',
      'closed',
      '15:00:00.000Z',
    ]);
    expect(until.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
    expect(spokenMs(await heardBy(closing))).toBeGreaterThan(500);
    const back = await town.callFromPhone('203', '*71');
    await back.ended();
    expect(await switches()).toEqual([]);
    const taken = { schedule: 'office', phone: 'p203' };
    expect(await pressed()).toMatchObject([
      { ...taken, openness: 'closed' },
      { ...taken, openness: 'normal' },
    ]);
  });

  it('what is closed for longer than today stays so when a phone closes it for today', async () => {
    const inYears = 'closed/4102444800';
    await box.commands.keep(SWITCH_FAMILY, 'office', inYears);
    const closing = await town.callFromPhone('203', '*61');
    await closing.ended();
    expect((await box.commands.kept(SWITCH_FAMILY)).get('office')).toBe(inYears);
    expect((await pressed()).at(-1)?.until).toEqual(new Date('2100-01-01T00:00:00Z'));
    await box.commands.forget(SWITCH_FAMILY, 'office');
  });

  it.each([
    ['closes', '*61', 'closed'],
    ['opens', '*71', 'normal'],
  ] as const)(
    'a phone that %s a schedule has done so when it hangs up before it is told',
    async (_, code, openness) => {
      const isClosed = async () => (await box.commands.kept(SWITCH_FAMILY)).has('office');
      if (openness === 'normal') await box.commands.keep(SWITCH_FAMILY, 'office', 'closed/4102444800');
      else if (await isClosed()) await box.commands.forget(SWITCH_FAMILY, 'office');
      const switching = await town.callFromPhone('203', code);
      await eventually('the switch', async () => (await isClosed()) === (openness === 'closed'));
      await switching.hangUp();
      await switching.ended();
      expect((await pressed()).at(-1)).toMatchObject({ schedule: 'office', openness, phone: 'p203' });
      expect(await isClosed()).toBe(openness === 'closed');
    },
  );
});
