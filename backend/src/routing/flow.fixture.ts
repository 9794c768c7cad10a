import fc from 'fast-check';
import type { Flow, FlowNode } from '../lines/line.schema.ts';
import { MenuNode } from '../menus/menu.schema.ts';
import { Schedule, WEEKDAYS } from '../schedules/schedule.schema.ts';

export interface FlowParts {
  notices: readonly string[];
  desks: readonly string[];
  schedules: readonly string[];
}

const KEYS = ['0', '1', '2', '9', '*', '#', '12', '1*', '123', '90'];
const CAUSES = ['normal', 'busy', 'no-answer', 'refused'] as const;
/** No number of anybody, and none that an emergency has. */
const FORWARD_TO = '0990999999999';

/** Draws from a stream of random numbers. */
class Dice {
  constructor(private readonly numbers: Iterator<number>) {}

  below(limit: number): number {
    return Number(this.numbers.next().value) % limit;
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/**
 * Flows without problems, of all kinds of nodes. Without keys a node leads to later ones only; keys may lead anywhere
 * that is reached. Nodes that nothing leads to are left out.
 */
export function anyFlow(names: fc.Arbitrary<string>, parts: FlowParts): fc.Arbitrary<Flow> {
  return fc
    .tuple(fc.uniqueArray(names, { minLength: 1, maxLength: 10 }), fc.infiniteStream(fc.nat()))
    .map(([ids, random]) => new FlowMaker(ids, parts, new Dice(random)).make());
}

class FlowMaker {
  private readonly nodes = new Map<string, FlowNode>();

  constructor(
    private readonly ids: readonly string[],
    private readonly parts: FlowParts,
    private readonly dice: Dice,
  ) {}

  make(): Flow {
    const start = this.visit(0);
    return { start, nodes: Object.fromEntries(this.nodes) };
  }

  private visit(index: number): string {
    const id = this.ids[index] ?? '';
    if (this.nodes.has(id)) return id;
    const isLast = index === this.ids.length - 1;
    // Stands here at once, so that keys can lead back to it.
    this.nodes.set(id, { type: 'end', cause: this.dice.pick(CAUSES) });
    if (!isLast) {
      this.nodes.set(
        id,
        this.node(() => this.visit(index + 1 + this.dice.below(this.ids.length - 1 - index))),
      );
    }
    return id;
  }

  private node(later: () => string): FlowNode {
    const { notices, desks, schedules } = this.parts;
    const maybe = (): string | undefined => (this.dice.below(2) === 0 ? later() : undefined);
    const kinds: FlowNode['type'][] = ['message', 'forward'];
    if (notices.length > 0) kinds.push('notice', 'menu', 'menu');
    if (desks.length > 0) kinds.push('desk');
    if (schedules.length > 0) kinds.push('schedule');
    switch (this.dice.pick(kinds)) {
      case 'notice':
        return { type: 'notice', notice: this.dice.pick(notices), next: later() };
      case 'desk':
        return { type: 'desk', desk: this.dice.pick(desks), ...given('busy', maybe()), otherwise: later() };
      case 'schedule': {
        const schedule = this.dice.pick(schedules);
        return { type: 'schedule', schedule, open: later(), closed: later(), ...given('closedDay', maybe()) };
      }
      case 'forward': {
        const show = this.dice.pick(['caller', 'office'] as const);
        return {
          ...{ type: 'forward', number: FORWARD_TO, show, ringSeconds: 5 + this.dice.below(60) },
          ...given('busy', maybe()),
          otherwise: later(),
        };
      }
      case 'message':
        return { type: 'message', longestSeconds: 10 + this.dice.below(50), silenceSeconds: 3, next: later() };
      case 'menu':
        return this.menu(later);
      case 'end':
        return { type: 'end', cause: 'normal' };
    }
  }

  private menu(later: () => string): FlowNode {
    const { notices } = this.parts;
    const keys = KEYS.filter(() => this.dice.below(3) > 0);
    return MenuNode.parse({
      type: 'menu',
      notice: this.dice.pick(notices),
      choices: (keys.length === 0 ? ['1'] : keys).map((key) => {
        const then = this.dice.pick(['go', 'go', 'go', 'repeat', 'back'] as const);
        return then === 'go' ? { keys: key, then, node: this.anywhere(later) } : { keys: key, then };
      }),
      bargeIn: this.dice.below(4) > 0,
      retries: this.dice.below(3),
      invalidNotice: this.dice.below(2) === 0 ? this.dice.pick(notices) : null,
      otherwise: later(),
    });
  }

  private anywhere(later: () => string): string {
    return this.dice.below(3) === 0 ? this.dice.pick([...this.nodes.keys()]) : later();
  }
}

const given = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;

const clockTime = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 24 * 12 }), { maxLength: 6 })
  .map((fives) => fives.toSorted((one, other) => one - other).map((five) => clockTime(five * 5)))
  .map((times) =>
    Array.from({ length: Math.floor(times.length / 2) }, (_, index) => ({
      from: times[2 * index] ?? '',
      to: times[2 * index + 1] ?? '',
    })),
  );

/** @param days of special days, `2026-12-01` or `12-01` */
export const anySchedule = (id: string, days: readonly string[], name = '開庁時間'): fc.Arbitrary<Schedule> =>
  fc
    .record({
      week: fc.record(Object.fromEntries(WEEKDAYS.map((weekday) => [weekday, hours]))),
      closedOnNationalHolidays: fc.boolean(),
      closedAtTurnOfYear: fc.boolean(),
      specialDays: fc
        .subarray([...days])
        .chain((chosen) => fc.tuple(...chosen.map((day) => hours.map((spans) => ({ day, name, hours: spans }))))),
    })
    .map((schedule) => Schedule.parse({ id, name, ...schedule }));
