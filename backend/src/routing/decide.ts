import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { Flow, FlowNode, FlowNodeOf } from '../lines/line.schema.ts';
import { MOST_CHOICES, type MenuChoice } from '../menus/menu.schema.ts';
import { type Openness, type ScheduleState, scheduleStateAt, type SwitchedState } from '../schedules/schedule-state.ts';

export type EndCause = FlowNodeOf<'end'>['cause'];

/** Where a call stands in its flow, with what its menus need to remember. */
export interface Position {
  node: string;
  /** Tries that failed in the menu it stands at. */
  failedTries: number;
  /** Menus in which something was chosen, the last one last: the way `back`. */
  menus: readonly string[];
  /** Choices by key so far. */
  choices: number;
}

/** What a call does at its position. */
export type Step = { node: string } & (
  Exclude<FlowNode, FlowNodeOf<'schedule'>> | (FlowNodeOf<'schedule'> & { state: ScheduleState })
);

/** How the step went. What was answered (a desk, a forward) has no next step: the conversation is the parties' affair. */
export type Outcome =
  | { type: 'notice-ended' }
  | { type: 'schedule'; openness: Openness }
  | { type: 'keys'; keys: string }
  | { type: 'invalid-keys' }
  | { type: 'no-key' }
  | { type: 'unanswered' }
  | { type: 'busy' }
  | { type: 'message-ended' };

/** Why a call went on where it did. */
export type Turn = 'arrived' | 'next' | 'chosen' | 'repeated' | 'back' | 'tried-again' | 'gave-up' | 'too-many-choices';

export interface Decision {
  turn: Turn;
  position: Position;
  step: Step;
}

/** What the decision rests on besides the call itself. */
export interface Circumstances {
  document: Pick<ConfigurationDocument, 'schedules'>;
  switches: ReadonlyMap<string, SwitchedState>;
  at: Date;
}

/** The flow does not lead from `node` in this way; a document without problems never causes it. */
export class FlowBrokenError extends Error {
  readonly node: string;

  constructor(node: string) {
    super(`flow broken at node ${node}`);
    this.name = 'FlowBrokenError';
    this.node = node;
  }
}

/** @returns the position of a call that comes to a node with nothing behind it */
export const arriveAt = (node: string): Position => ({ node, failedTries: 0, menus: [], choices: 0 });

/**
 * The one decision about a call: what happens next, and why. Pure; shared by the live engine, the simulator and the
 * tests of the generated fallback dialplan.
 * @param last where the call stands and how the step there went; null = it has just arrived
 * @throws FlowBrokenError
 */
export function decide(
  circumstances: Circumstances,
  flow: Flow,
  last: { position: Position; outcome: Outcome } | null,
): Decision {
  const { turn, position } = last
    ? advance(flow, last.position, last.outcome)
    : { turn: 'arrived' as const, position: arriveAt(flow.start) };
  return { turn, position, step: stepAt(circumstances, flow, position.node) };
}

/** @throws FlowBrokenError when there is no such node or schedule */
export function stepAt({ document, switches, at }: Circumstances, flow: Flow, nodeId: string): Step {
  const node = nodeOf(flow, nodeId);
  if (node.type !== 'schedule') return { ...node, node: nodeId };
  const schedule = document.schedules?.find(({ id }) => id === node.schedule);
  if (!schedule) throw new FlowBrokenError(nodeId);
  return { ...node, node: nodeId, state: scheduleStateAt(schedule, at, switches.get(schedule.id) ?? null) };
}

/** Every node that may come right after this one. A menu's `repeat` and `back` lead to where the call has been. */
export function successors(node: FlowNode): string[] {
  return node.type === 'menu' ? [...chosenNodes(node), node.otherwise] : successorsWithoutKeys(node);
}

/**
 * Every node a call comes to without anybody pressing a key. Around these there must be no way in a circle; the keys of
 * one call are counted.
 */
export function successorsWithoutKeys(node: FlowNode): string[] {
  switch (node.type) {
    case 'notice':
    case 'message':
      return [node.next];
    case 'schedule':
      return [node.open, node.closed, ...optional(node.closedDay)];
    case 'menu':
      return [node.otherwise];
    case 'desk':
    case 'forward':
      return [...optional(node.busy), node.otherwise];
    case 'end':
      return [];
  }
}

/** Q.850 cause with which an end node hangs up. Before an answer Asterisk turns it into 603, 486, 480 or 403. */
export const END_CAUSE_Q850: Record<EndCause, number> = { normal: 16, busy: 17, 'no-answer': 19, refused: 21 };

type Advance = Pick<Decision, 'turn' | 'position'>;

function advance(flow: Flow, position: Position, outcome: Outcome): Advance {
  const node = nodeOf(flow, position.node);
  if (node.type === 'menu') return advanceInMenu(node, position, outcome);
  const next = nextWithoutKeys(node, outcome);
  if (next === null) throw new FlowBrokenError(position.node);
  return { turn: 'next', position: { ...position, node: next, failedTries: 0 } };
}

function nextWithoutKeys(node: FlowNode, { type, ...outcome }: Outcome): string | null {
  switch (node.type) {
    case 'notice':
      return type === 'notice-ended' ? node.next : null;
    case 'message':
      return type === 'message-ended' ? node.next : null;
    case 'schedule':
      return 'openness' in outcome ? nextOfSchedule(node, outcome.openness) : null;
    case 'desk':
    case 'forward':
      if (type === 'busy') return node.busy ?? node.otherwise;
      return type === 'unanswered' ? node.otherwise : null;
    case 'menu':
    case 'end':
      return null;
  }
}

/** @returns the node at which a schedule node goes on */
export function nextOfSchedule(node: FlowNodeOf<'schedule'>, openness: Openness): string {
  if (openness === 'open') return node.open;
  return openness === 'closed-day' ? (node.closedDay ?? node.closed) : node.closed;
}

function advanceInMenu(menu: FlowNodeOf<'menu'>, position: Position, outcome: Outcome): Advance {
  if (outcome.type === 'keys') {
    const chosen = menu.choices.find(({ keys }) => keys === outcome.keys);
    if (!chosen) throw new FlowBrokenError(position.node);
    return choose(menu, chosen, position);
  }
  if (outcome.type !== 'invalid-keys' && outcome.type !== 'no-key') throw new FlowBrokenError(position.node);
  const failedTries = position.failedTries + 1;
  if (failedTries <= menu.retries) return { turn: 'tried-again', position: { ...position, failedTries } };
  return { turn: 'gave-up', position: { ...position, node: menu.otherwise, failedTries: 0 } };
}

function choose(menu: FlowNodeOf<'menu'>, chosen: MenuChoice, position: Position): Advance {
  const after = { ...position, failedTries: 0, choices: position.choices + 1 };
  if (after.choices > MOST_CHOICES) return { turn: 'too-many-choices', position: { ...after, node: menu.otherwise } };
  switch (chosen.then) {
    case 'go':
      return { turn: 'chosen', position: { ...after, node: chosen.node, menus: [...position.menus, position.node] } };
    case 'repeat':
      return { turn: 'repeated', position: after };
    case 'back':
      return {
        turn: 'back',
        position: { ...after, node: position.menus.at(-1) ?? position.node, menus: position.menus.slice(0, -1) },
      };
  }
}

const chosenNodes = (menu: FlowNodeOf<'menu'>): string[] =>
  menu.choices.flatMap((choice) => (choice.then === 'go' ? [choice.node] : []));

const optional = (node: string | undefined): string[] => (node === undefined ? [] : [node]);

function nodeOf(flow: Flow, nodeId: string): FlowNode {
  const node = Object.hasOwn(flow.nodes, nodeId) ? flow.nodes[nodeId] : undefined;
  if (!node) throw new FlowBrokenError(nodeId);
  return node;
}
