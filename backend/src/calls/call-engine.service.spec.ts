import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AriError, AsteriskUnreachableError, ChannelGoneError } from '../asterisk/asterisk.errors.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Flow } from '../lines/line.schema.ts';
import { MenuNode } from '../menus/menu.schema.ts';
import { NoticePlayer } from '../notices/notice-player.service.ts';
import type { Prompts } from '../notices/prompts.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import { CallEngine } from './call-engine.service.ts';
import { FakeAsterisk, FakeJournal, routingOf, silentLogger, strictDouble, testDocument } from './doubles.fixture.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const arrival = { callId: CALL, lineId: 'main', nodeId: 'hello', again: false };
const PROMPT = '/denwaban/asterisk/prompts/recording-notice';

let asterisk: FakeAsterisk;
let journal: FakeJournal;
let engine: CallEngine;

function engineFor(document: ConfigurationDocument | null = testDocument): CallEngine {
  asterisk = new FakeAsterisk();
  journal = new FakeJournal();
  const prompts = strictDouble<Prompts>('Prompts', { lengthMs: () => Promise.resolve(3000) });
  const notices = new NoticePlayer(asterisk.connection, asterisk.ari, prompts);
  return new CallEngine(asterisk.ari, asterisk.ami, routingOf(document), notices, journal.journal, silentLogger);
}

beforeEach(() => {
  jest.useFakeTimers();
  engine = engineFor();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Carries a call until it is out of the engine's hands. */
async function carry(what: Partial<typeof arrival> = {}, isUp = false): Promise<void> {
  const carried = engine.carry({ id: 'c1', isUp, arrivedAt: new Date() }, { ...arrival, ...what });
  for (let elapsedMs = 0; engine.size > 0; elapsedMs += 100) {
    if (elapsedMs > 120_000) throw new Error('the call stays in the engine for ever');
    await jest.advanceTimersByTimeAsync(100);
  }
  await carried;
}
/** Timers of the engine; those of Asterisk's playbacks apart. */
const timersLeft = () => jest.getTimerCount() - asterisk.playing;
const written = () => journal.entries.map((entry) => ('reason' in entry ? `${entry.e} ${entry.reason}` : entry.e));

const WHOLE_WALK = [
  'set c1 DENWABAN_NODE=hello',
  'answer c1',
  `play c1 ${PROMPT}`,
  'continue c1 line-main node_ring_all',
];

describe('a call that asks to be claimed', () => {
  it('is claimed when its line and node are known', async () => {
    await engine.claim('c1', arrival);
    expect(asterisk.commands).toEqual(['claim c1']);
  });

  it.each([
    ['the arguments are not of a call', null],
    ['the line is not known', { ...arrival, lineId: 'other' }],
    ['the node is not known', { ...arrival, nodeId: 'other' }],
    ['the node is something every object has', { ...arrival, nodeId: 'constructor' }],
  ])('is left to the dialplan when %s', async (_when, what) => {
    await engine.claim('c1', what);
    expect(asterisk.commands).toEqual([]);
  });

  it('is left to the dialplan while leases cannot be kept', async () => {
    asterisk.ready = false;
    await engine.claim('c1', arrival);
    expect(asterisk.commands).toEqual([]);
  });

  it('is left to the dialplan while nothing is configured', async () => {
    engine = engineFor(null);
    await engine.claim('c1', arrival);
    expect(asterisk.commands).toEqual([]);
  });

  it('does no harm when Asterisk cannot be asked', async () => {
    asterisk.before = () => {
      throw new AsteriskUnreachableError('test');
    };
    await expect(engine.claim('c1', arrival)).resolves.toBeUndefined();
  });
});

describe('a claimed call', () => {
  it('is answered, hears the notice and goes on to its desk', async () => {
    await carry();
    expect(asterisk.commands).toEqual(WHOLE_WALK);
    expect(written()).toEqual(['claimed', 'accepted', 'notice', 'notice-ended']);
    expect(engine.size).toBe(0);
  });

  it('comes back from a desk that did not answer without being answered again', async () => {
    await carry({ nodeId: 'sorry' }, true);
    expect(asterisk.commands).toEqual([
      'set c1 DENWABAN_NODE=sorry',
      `play c1 ${PROMPT}`,
      'continue c1 line-main node_bye',
    ]);
    expect(written()).toEqual(['claimed', 'notice', 'notice-ended']);
  });

  it('goes straight to a desk, unanswered, when the flow says so', async () => {
    await carry({ nodeId: 'ring-all' });
    expect(asterisk.commands).toEqual(['continue c1 line-main node_ring_all']);
  });

  it('asks the schedule at once, and is handed over where the menu stands', async () => {
    const [line] = testDocument.lines;
    if (!line) throw new Error('no line');
    const nodes: Flow['nodes'] = {
      hello: { type: 'schedule', schedule: 'office', open: 'bye', closed: 'bye', closedDay: 'ask' },
      ask: MenuNode.parse({
        type: 'menu',
        notice: 'recording',
        choices: [{ keys: '1', then: 'repeat' }],
        otherwise: 'bye',
      }),
      bye: { type: 'end', cause: 'normal' },
    };
    const never = officeHours({ specialDays: [], closedOnNationalHolidays: false, closedAtTurnOfYear: false });
    const week = Object.fromEntries(Object.keys(never.week).map((day) => [day, []])) as unknown as typeof never.week;
    const flow = { start: 'hello', nodes };
    engine = engineFor({ ...testDocument, schedules: [{ ...never, week }], lines: [{ ...line, flow }] });
    await carry();
    expect(asterisk.commands).toEqual(['continue c1 line-main node_ask']);
    expect(journal.entries).toContainEqual({ e: 'schedule', schedule: 'office', openness: 'closed-day', rule: 'week' });
  });

  it('that has been claimed before is not said to be claimed once more', async () => {
    await carry({ nodeId: 'sorry', again: true }, true);
    expect(written()).toEqual(['notice', 'notice-ended']);
  });

  it('keeps its lease each second and not after it has been handed over', async () => {
    await carry();
    // 0.5 s and 3 s, each renewed at once and each second.
    expect(asterisk.renewals).toBeGreaterThanOrEqual(4);
    expect(asterisk.renewals).toBeLessThanOrEqual(6);
    const renewals = asterisk.renewals;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(asterisk.renewals).toBe(renewals);
    expect(timersLeft()).toBe(0);
  });

  it('goes on when Asterisk cannot play the notice, and says so', async () => {
    asterisk.playback = 'failed';
    await carry();
    expect(asterisk.commands).toEqual(WHOLE_WALK);
    expect(written()).toEqual(['claimed', 'accepted', 'notice', 'fault notice-failed', 'notice-ended']);
  });

  it('of a caller who hangs up during the notice tells of no fault, though the playback fails first', async () => {
    asterisk.playback = 'failed';
    asterisk.playbackMs = 1000;
    const carried = engine.carry({ id: 'c1', isUp: true, arrivedAt: new Date() }, arrival);
    await jest.advanceTimersByTimeAsync(1100);
    engine.left('c1');
    await jest.advanceTimersByTimeAsync(0);
    await carried;
    expect(written()).toEqual(['claimed', 'notice']);
  });

  it('goes to the fallback when the notice neither starts nor ends', async () => {
    asterisk.playback = null;
    await carry();
    expect(asterisk.commands.at(-1)).toBe('give-back c1');
    expect(written().at(-1)).toBe('fault notice-stuck');
  });

  it('goes to the fallback when the notice never ends, its lease kept no longer than it could last', async () => {
    asterisk.playbackMs = 90_000;
    await carry();
    expect(asterisk.commands.at(-1)).toBe('give-back c1');
    expect(asterisk.renewals).toBeLessThanOrEqual(8);
  });

  it('goes to the fallback when its line has vanished from the configuration', async () => {
    await carry({ lineId: 'other' });
    expect(asterisk.commands).toEqual(['give-back c1']);
    expect(written()).toEqual(['claimed', 'fault line-missing']);
  });

  it('goes to the fallback when its notice has vanished from the configuration', async () => {
    engine = engineFor({ ...testDocument, notices: [] });
    await carry();
    expect(asterisk.commands).toEqual(['give-back c1']);
    expect(written()).toEqual(['claimed', 'fault notice-missing']);
  });

  it('does not circle for ever in a flow of notices', async () => {
    const [line] = testDocument.lines;
    if (!line) throw new Error('no line');
    const nodes = { hello: { type: 'notice' as const, notice: 'recording', next: 'hello' } };
    engine = engineFor({ ...testDocument, lines: [{ ...line, flow: { start: 'hello', nodes } }] });
    asterisk.playbackMs = 1;
    await carry();
    expect(written().at(-1)).toBe('fault flow-endless');
  });
});

/** Everything that is asked of Asterisk for one call, renewals included. */
async function commandsOfOneCall(): Promise<string[]> {
  const all: string[] = [];
  asterisk.before = (command) => void all.push(command);
  await carry();
  engine = engineFor();
  return all;
}

describe('at every single step of a call', () => {
  it('a caller who leaves leaves nothing behind', async () => {
    const steps = (await commandsOfOneCall()).length;
    expect(steps).toBeGreaterThan(7);
    for (let step = 1; step <= steps; step += 1) {
      jest.clearAllTimers();
      engine = engineFor();
      let count = 0;
      asterisk.before = () => {
        count += 1;
        if (count < step) return;
        if (count === step) engine.left('c1');
        throw new ChannelGoneError();
      };
      await carry();
      expect([step, engine.size, timersLeft()]).toEqual([step, 0, 0]);
      expect(written().filter((entry) => entry.startsWith('fault'))).toEqual([]);
      expect(asterisk.commands).not.toContain('give-back c1');
    }
  });

  it.each([404, 409, 412])('a refusal with %i means that the call is gone', async (status) => {
    for (const refused of WHOLE_WALK.filter((command) => !command.startsWith('set'))) {
      jest.clearAllTimers();
      engine = engineFor();
      asterisk.before = (command) => {
        if (command === refused) throw new AriError(status, 'gone');
      };
      await carry();
      expect(asterisk.commands.at(-1)).toBe(refused);
      expect(written().filter((entry) => entry.startsWith('fault'))).toEqual([]);
      expect([engine.size, timersLeft()]).toEqual([0, 0]);
    }
  });

  it('an Asterisk that does not answer sends the call to the fallback, with the reason on the call', async () => {
    for (const failing of WHOLE_WALK) {
      jest.clearAllTimers();
      engine = engineFor();
      asterisk.before = (command) => {
        if (command === failing) throw new AsteriskUnreachableError('no answer');
      };
      await carry();
      expect(asterisk.commands.at(-1)).toBe('give-back c1');
      expect(written().at(-1)).toBe('fault engine-failed');
      expect([engine.size, timersLeft()]).toEqual([0, 0]);
    }
  });

  it('a lost connection ends the engine’s part without another word', async () => {
    for (const atMs of [0, 100, 400, 600, 2000, 3400]) {
      jest.clearAllTimers();
      engine = engineFor();
      const carried = engine.carry({ id: 'c1', isUp: false, arrivedAt: new Date() }, arrival);
      await jest.advanceTimersByTimeAsync(atMs);
      engine.leftAll();
      const sent = asterisk.commands.length;
      await jest.advanceTimersByTimeAsync(100);
      await carried;
      expect(asterisk.commands.slice(sent)).toEqual([]);
      expect([atMs, engine.size, timersLeft()]).toEqual([atMs, 0, 0]);
    }
  });
});

describe('the engine', () => {
  it('survives that even the fallback cannot be told', async () => {
    asterisk.before = () => {
      throw new AsteriskUnreachableError('dead');
    };
    await expect(carry()).resolves.toBeUndefined();
    expect(engine.size).toBe(0);
  });

  it('carries many calls at once and holds none of them afterwards', async () => {
    const carried = Array.from({ length: 200 }, (_, index) =>
      engine.carry({ id: `c${index}`, isUp: false, arrivedAt: new Date() }, arrival),
    );
    await jest.advanceTimersByTimeAsync(1000);
    expect(engine.size).toBe(200);
    await jest.advanceTimersByTimeAsync(10_000);
    await Promise.all(carried);
    expect([engine.size, timersLeft()]).toEqual([0, 0]);
    expect(asterisk.commands.filter((command) => command.startsWith('continue'))).toHaveLength(200);
  });
});
