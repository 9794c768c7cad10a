import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationDocument } from '../../../backend/src/configuration/configuration.schema.ts';
import { SHIPPED_NOTICES } from '../../../backend/src/notices/shipped-notices.ts';
import { japanTime } from '../../../backend/src/schedules/japan-time.ts';
import { WEEKDAYS } from '../../../backend/src/schedules/schedule.schema.ts';
import { pause } from '../../town/waiting.ts';
import { toneIntervals, totalMs } from '../../town/listen.ts';
import { readStereo } from '../../town/sound-file.ts';
import { type Caller } from '../../town/party.ts';
import { Place } from '../../town/place.ts';
import type { Town } from '../../town/town.ts';
import { type BoxAsterisk, story } from './box-asterisk.ts';
import { officeAt, setStage } from './stage.ts';

const place = await Place.claim();
const NUMBER = '0901234567';
const OUTSIDE = '0399990000';

const LINE = {
  menu: '0312340101',
  message: '0312340102',
  forward: '0312340103',
  turns: '0312340104',
  hours: '0312340105',
};

const end = { type: 'end', cause: 'normal' } as const;
const menu = (more: object) => ({
  ...{ type: 'menu', notice: 'short', firstKeySeconds: 1, nextKeySeconds: 1, retries: 1, otherwise: 'end' },
  ...more,
});
const office = ConfigurationDocument.parse({
  ...officeAt(place, ['201', '202']),
  desks: [
    { id: 'citizens', name: '市民課', members: ['p201'], ringSeconds: 5 },
    {
      id: 'in-turn',
      name: '税務課',
      members: ['p201', 'p202'],
      ringSeconds: 12,
      memberSeconds: 5,
      strategy: 'round-robin',
    },
  ],
  schedules: [
    schedule('always', [
      { from: '00:00', to: '12:00' },
      { from: '12:00', to: '24:00' },
    ]),
    { ...schedule('today', [{ from: '00:00', to: '24:00' }]), specialDays: closedNow() },
    schedule('by-hand', [{ from: '00:00', to: '24:00' }]),
  ],
  notices: [{ id: 'short', name: '案内', text: '録音されます。', audio: 'recording-notice-short' }, ...SHIPPED_NOTICES],
  lines: [
    line('menu', LINE.menu, 'ask', {
      ask: menu({
        choices: [
          { keys: '1', then: 'go', node: 'ask-more' },
          { keys: '12', then: 'go', node: 'ring' },
          { keys: '*', then: 'repeat' },
        ],
        invalidNotice: 'short',
      }),
      'ask-more': menu({
        choices: [
          { keys: '#', then: 'back' },
          { keys: '0', then: 'go', node: 'ring' },
        ],
      }),
      ring: { type: 'desk', desk: 'citizens', otherwise: 'end' },
      end,
    }),
    line('message', LINE.message, 'speak', {
      speak: { type: 'message', longestSeconds: 10, silenceSeconds: 2, next: 'end' },
      end,
    }),
    line('forward', LINE.forward, 'outside', {
      outside: { type: 'forward', number: OUTSIDE, show: 'caller', ringSeconds: 5, otherwise: 'end' },
      end,
    }),
    line('hours', LINE.hours, 'always', {
      always: { type: 'schedule', schedule: 'always', open: 'today', closed: 'wrong' },
      today: { type: 'schedule', schedule: 'today', open: 'wrong', closed: 'wrong', closedDay: 'by-hand' },
      'by-hand': { type: 'schedule', schedule: 'by-hand', open: 'wrong', closed: 'end' },
      wrong: { type: 'end', cause: 'refused' },
      end,
    }),
    line('turns', LINE.turns, 'ring', {
      ring: { type: 'desk', desk: 'in-turn', busy: 'busy', otherwise: 'end' },
      busy: { type: 'end', cause: 'busy' },
      end,
    }),
  ],
});

function line(id: string, number: string, start: string, nodes: object) {
  return { id, name: id, trunk: 'hikari', number, flow: { start, nodes } };
}

function schedule(id: string, hours: object[]) {
  const week = Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, hours]));
  return { id, name: id, week, closedOnNationalHolidays: false, closedAtTurnOfYear: false };
}

/** Today and tomorrow, should the test run over midnight. */
function closedNow() {
  const days = [new Date(), new Date(Date.now() + 86_400_000)].map((day) => japanTime(day));
  return [
    { day: days[0]?.date, name: '今日', hours: [] },
    { day: days[1]?.dayOfYear, name: '明日', hours: [] },
  ];
}

/** The call may be over before the caller can go on speaking. */
const endByKey = (caller: Caller): Promise<void> => caller.sendDigits('#').catch(() => undefined);

describe('a flow with no backend', () => {
  const stage = setStage(place, { office });
  const { callOver, told } = stage;
  let box: BoxAsterisk;
  let town: Town;

  beforeAll(() => {
    ({ box, town } = stage);
  });
  /** About the dialplan. Parties that hang up at the same moment are complained about by others. */
  const complaints = () =>
    box.complaints().filter((line) => / (pbx|app|func|ast_expr|file)\w*\.c: (?!.*not claimed within)/.test(line));

  it('is steered by keys: back, repeat, too long a pause, and the desk', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.menu, says: 'silence' });
    await told('menu');
    await caller.sendDigits('1');
    await told('menu', 2);
    await caller.sendDigits('#');
    await told('menu', 3);
    await caller.sendDigits('*');
    await told('menu', 4);
    await caller.sendDigits('12');
    await (await phone.rung()).answered();
    await caller.hangUp();
    const steps = story(await callOver()).filter((step) => !/^(left|end) /.test(step));
    expect(steps.slice(2)).toEqual([
      'fallback unclaimed',
      'accepted',
      'menu ask',
      'menu-keys ask 1',
      'menu ask-more',
      'menu-keys ask-more #',
      'menu ask',
      'menu-keys ask *',
      'menu ask',
      'menu-keys ask 12',
      'ringing citizens',
      'answered p201',
    ]);
    expect(complaints()).toEqual([]);
  });

  it('takes a key also while it says that the one before means nothing', async () => {
    const phone = town.phone('201').willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.menu, says: 'silence' });
    await told('menu');
    await caller.sendDigits('7');
    await told('menu-invalid');
    await caller.sendDigits('12');
    await (await phone.rung()).answered();
    await caller.hangUp();
    expect(story(await callOver()).slice(4, 8)).toEqual([
      'menu ask',
      'menu-invalid ask',
      'menu-keys ask 12',
      'ringing citizens',
    ]);
  });

  it('says a menu again after keys that mean nothing and after none, then gives up', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.menu, says: 'silence' });
    await told('menu');
    await caller.sendDigits('7');
    await caller.ended(30_000);
    expect(story(await callOver()).slice(4)).toEqual([
      'menu ask',
      'menu-invalid ask',
      'menu-no-key ask',
      'menu-left ask',
      'end 16 box',
    ]);
  });

  it('takes a message until the caller is silent', async () => {
    const caller = await town.call({ from: NUMBER, to: LINE.message, says: { tone: 440 } });
    await told('message');
    await pause(1500);
    await caller.says('silence');
    await caller.ended(20_000);
    const call = await callOver();
    expect(story(call).slice(3)).toEqual(['accepted', 'message speak 2', 'message-ended speak silence', 'end 16 box']);
    const { left, right } = await readStereo(call.recording);
    expect(totalMs(toneIntervals(left, 440))).toBeGreaterThan(1200);
    expect(totalMs(toneIntervals(right, 1000))).toBeGreaterThan(250);
    expect(totalMs(toneIntervals((await caller.heard()).left, 1000))).toBeGreaterThan(250);
  });

  it.each([
    ['#', endByKey, 'key'],
    ['hanging up', (caller: Caller) => caller.hangUp(), 'caller'],
  ])('takes a message that ends by %s', async (_, finish, by) => {
    const caller = await town.call({ from: NUMBER, to: LINE.message, says: { tone: 440 } });
    await told('message');
    await pause(500);
    await finish(caller);
    await caller.ended(20_000);
    expect(story(await callOver()).slice(5)[0]).toBe(`message-ended speak ${by}`);
  });

  it('forwards to a number outside, with the caller’s number', async () => {
    const outside = town.phone(OUTSIDE).willAnswer();
    const caller = await town.call({ from: NUMBER, to: LINE.forward });
    const call = await outside.rung();
    await call.answered();
    expect(call.callerNumber).toBe(NUMBER);
    await pause(500);
    await caller.hangUp();
    expect(story(await callOver()).slice(3)).toEqual([
      `forwarding outside ${OUTSIDE}`,
      'accepted',
      'forwarded outside',
      'end 16 caller',
    ]);
  });

  it('forwards a caller who shows no number as the office, which asks for privacy', async () => {
    const outside = town.phone(OUTSIDE).willAnswer();
    const caller = await town.call({ from: NUMBER, presentation: 'withheld', to: LINE.forward });
    const call = await outside.rung();
    await call.answered();
    const headers = [await call.header('P-Asserted-Identity'), await call.header('Privacy'), await call.header('From')];
    expect(headers).toEqual([expect.stringContaining(LINE.forward), 'id', expect.stringMatching(/anonymous/i)]);
    await caller.hangUp();
    expect(story(await callOver())).toContain('forwarded outside');
  });

  it('asks schedules: the week’s hours, a day without any, and a switch by hand that has not ended', async () => {
    const inAnHour = Math.ceil(Date.now() / 1000) + 3600;
    await box.commands.keep('switch', 'by-hand', `closed/${inAnHour}`);
    await box.commands.keep('switch', 'always', `closed/${inAnHour - 7200}`);
    expect(await box.commands.kept('switch')).toEqual(
      new Map([
        ['always', `closed/${inAnHour - 7200}`],
        ['by-hand', `closed/${inAnHour}`],
      ]),
    );
    const caller = await town.call({ from: NUMBER, to: LINE.hours });
    await caller.ended();
    expect(story(await callOver()).slice(3)).toEqual([
      'schedule always open week',
      expect.stringMatching(/^schedule today closed-day (one-off|yearly)-day$/),
      'schedule by-hand closed switch',
      'end 16 box',
    ]);
    for (const key of ['always', 'by-hand']) await box.commands.forget('switch', key);
    expect(await box.commands.kept('switch')).toEqual(new Map());
  });

  it('rings phones by turns, and tells when all are busy', async () => {
    town.phone('201').willRefuse('busy');
    town.phone('202').willAnswer();
    const first = await town.call({ from: NUMBER, to: LINE.turns });
    await (await town.phone('202').rung()).answered();
    await first.hangUp();
    expect(story(await callOver()).slice(3, 6)).toEqual(['ringing in-turn', 'accepted', 'answered p202']);
    stage.nextCall();
    town.phone('201').willAnswer();
    town.phone('202').willAnswer();
    const second = await town.call({ from: NUMBER, to: LINE.turns });
    await (await town.phone('202').rung()).answered();
    await second.hangUp();
    await callOver();
    stage.nextCall();
    for (const number of ['201', '202']) town.phone(number).willRefuse('busy');
    const third = await town.call({ from: NUMBER, to: LINE.turns });
    expect((await third.ended()).sipStatus).toBe(486);
    expect(story(await callOver()).slice(3)).toEqual(['ringing in-turn', 'unanswered in-turn BUSY', 'end 17 box']);
    expect(complaints()).toEqual([]);
  });
});
