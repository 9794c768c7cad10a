import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AriError, AsteriskUnreachableError, ChannelGoneError } from '../asterisk/asterisk.errors.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Flow } from '../lines/line.schema.ts';
import { MenuNode } from '../menus/menu.schema.ts';
import { officeHours } from '../schedules/schedule.fixture.ts';
import { CallEngine } from './call-engine.service.ts';
import { FakeAsterisk, FakeJournal, routingOf, silentLogger, testDocument } from './doubles.fixture.ts';

const CALL = '6d1f7c1e-0000-4000-8000-000000000001';
const arrival = { callId: CALL, lineId: 'main', nodeId: 'hello', again: false };

let asterisk: FakeAsterisk;
let journal: FakeJournal;
let engine: CallEngine;

function engineFor(document: ConfigurationDocument | null = testDocument): CallEngine {
  asterisk = new FakeAsterisk();
  journal = new FakeJournal();
  return new CallEngine(asterisk.ari, routingOf(document), journal.journal, silentLogger);
}

/** A document whose flow asks the schedule first, at any time closed for the day. */
function askingDocument(nodes: Flow['nodes']): ConfigurationDocument {
  const [line] = testDocument.lines;
  if (!line) throw new Error('no line');
  const never = officeHours({ specialDays: [], closedOnNationalHolidays: false, closedAtTurnOfYear: false });
  const week = Object.fromEntries(Object.keys(never.week).map((day) => [day, []])) as unknown as typeof never.week;
  return { ...testDocument, schedules: [{ ...never, week }], lines: [{ ...line, flow: { start: 'hello', nodes } }] };
}
const asksTwice = askingDocument({
  hello: { type: 'schedule', schedule: 'office', open: 'bye', closed: 'bye', closedDay: 'more' },
  more: { type: 'schedule', schedule: 'office', open: 'bye', closed: 'bye', closedDay: 'ask' },
  ask: MenuNode.parse({
    type: 'menu',
    notice: 'recording',
    choices: [{ keys: '1', then: 'repeat' }],
    otherwise: 'bye',
  }),
  bye: { type: 'end', cause: 'normal' },
});

beforeEach(() => {
  jest.useFakeTimers();
  engine = engineFor();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Carries a call until it is out of the engine's hands. */
async function carry(what: Partial<typeof arrival> = {}, arrivedAt = new Date()): Promise<void> {
  const carried = engine.carry({ id: 'c1', arrivedAt }, { ...arrival, ...what });
  await jest.advanceTimersByTimeAsync(10_000);
  await carried;
}
const written = () => journal.entries.map((entry) => ('reason' in entry ? `${entry.e} ${entry.reason}` : entry.e));

describe('a call that asks to be claimed', () => {
  it('is claimed when its line and node are known', async () => {
    const claimed = engine.claim('c1', arrival);
    expect(engine.carries('c1')).toBe(true);
    await jest.advanceTimersByTimeAsync(0);
    await claimed;
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

  it('is left to the dialplan while nothing is configured', async () => {
    engine = engineFor(null);
    await engine.claim('c1', arrival);
    expect(asterisk.commands).toEqual([]);
  });

  it('does no harm when Asterisk cannot be asked', async () => {
    asterisk.before = () => {
      throw new AsteriskUnreachableError('test');
    };
    const claimed = engine.claim('c1', arrival);
    await jest.advanceTimersByTimeAsync(0);
    await expect(claimed).resolves.toBeUndefined();
    expect(engine.carries('c1')).toBe(false);
  });
});

describe('a claimed call', () => {
  it('goes on where it stands: what is heard and who is rung is the dialplan’s', async () => {
    await carry();
    expect(asterisk.commands).toEqual(['continue c1 line-main node_hello']);
    expect(written()).toEqual(['claimed']);
    await carry({ nodeId: 'ring-all', again: true });
    expect(asterisk.commands.at(-1)).toBe('continue c1 line-main node_ring_all');
  });

  it('asks the schedule at once, and is handed over where the menu stands', async () => {
    engine = engineFor(asksTwice);
    await carry();
    expect(asterisk.commands).toEqual(['continue c1 line-main node_ask']);
    expect(written()).toEqual(['claimed', 'schedule', 'schedule']);
    expect(journal.entries).toContainEqual({ e: 'schedule', schedule: 'office', openness: 'closed-day', rule: 'week' });
  });

  it('that has been claimed before is not said to be claimed once more', async () => {
    await carry({ nodeId: 'sorry', again: true });
    expect(written()).toEqual([]);
  });

  it('goes to the fallback when its line has vanished from the configuration', async () => {
    await carry({ lineId: 'other' });
    expect(asterisk.commands).toEqual(['give-back c1']);
    expect(written()).toEqual(['claimed', 'fault line-missing']);
  });

  it('does not circle for ever in a flow of schedules', async () => {
    const hello = { type: 'schedule' as const, schedule: 'office', open: 'hello', closed: 'hello' };
    engine = engineFor(askingDocument({ hello }));
    await carry();
    expect(written().at(-1)).toBe('fault flow-endless');
    expect(asterisk.commands).toEqual(['give-back c1']);
  });

  it('that is heard of too late is the dialplan’s: nothing is done or told', async () => {
    await carry({}, new Date(Date.now() - 1500));
    expect([asterisk.commands, written(), engine.size]).toEqual([[], [], 0]);
  });

  it('whose process stands still between two steps is left alone from then on', async () => {
    engine = engineFor(asksTwice);
    const write = journal.journal.write.bind(journal.journal);
    journal.journal.write = (...entry) => {
      jest.setSystemTime(Date.now() + 600);
      return write(...entry);
    };
    await carry();
    expect([asterisk.commands, written()]).toEqual([[], ['claimed', 'schedule']]);
  });

  it('whose way to Asterisk fails too late is not told to be handed over', async () => {
    asterisk.takesMs = 1500;
    asterisk.before = () => {
      throw new AsteriskUnreachableError('no answer');
    };
    await carry();
    expect([asterisk.commands, written()]).toEqual([['continue c1 line-main node_hello'], ['claimed']]);
  });

  it('that has left while it is asked for leaves nothing behind', async () => {
    for (const leave of [() => engine.left('c1'), () => engine.leftAll()]) {
      engine = engineFor(asksTwice);
      const write = journal.journal.write.bind(journal.journal);
      journal.journal.write = (...entry) => {
        leave();
        return write(...entry);
      };
      await carry();
      expect([asterisk.commands, written(), engine.size]).toEqual([[], ['claimed'], 0]);
    }
  });

  it.each([new ChannelGoneError(), ...[404, 409, 412].map((status) => new AriError(status, 'gone'))])(
    'that %s says is gone is not told to be a fault',
    async (gone) => {
      asterisk.before = () => {
        throw gone;
      };
      await carry();
      expect([asterisk.commands.length, written(), engine.size]).toEqual([1, ['claimed'], 0]);
    },
  );

  it('that Asterisk does not take is given back, with the reason on the call; failing that, its lease runs out', async () => {
    for (const failing of ['continue', 'continue give-back']) {
      engine = engineFor();
      asterisk.before = (command) => {
        if (failing.includes(command.split(' ')[0] ?? '')) throw new AsteriskUnreachableError('no answer');
      };
      await carry();
      expect(asterisk.commands.at(-1)).toBe('give-back c1');
      expect([written().at(-1), engine.size]).toEqual(['fault engine-failed', 0]);
    }
  });
});

it('the engine carries many calls at once and holds none of them afterwards', async () => {
  asterisk.takesMs = 100;
  const carried = Array.from({ length: 200 }, (_, index) =>
    engine.carry({ id: `c${index}`, arrivedAt: new Date() }, arrival),
  );
  await jest.advanceTimersByTimeAsync(50);
  expect(engine.size).toBe(200);
  await jest.advanceTimersByTimeAsync(1000);
  await Promise.all(carried);
  expect(engine.size).toBe(0);
  expect(asterisk.commands.filter((command) => command.startsWith('continue'))).toHaveLength(200);
});
