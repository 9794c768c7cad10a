import { emergencyDialling } from '../phones/emergency-numbers.ts';
import type { Flow, FlowNode, FlowNodeOf, Line } from '../lines/line.schema.ts';
import { nationalNumber } from '../asterisk/dialplan-names.ts';
import { successors, successorsWithoutKeys } from '../routing/decide.ts';
import type { ConfigurationProblem } from './configuration.schema.ts';

/** What the nodes of a flow may name. */
export interface FlowTargets {
  notices: ReadonlySet<string>;
  desks: ReadonlySet<string>;
  /** Desks that are only rung after a notice. */
  announcedDesks: ReadonlySet<string>;
  schedules: ReadonlySet<string>;
  /** Numbers of our own lines in national form. */
  ownNumbers: ReadonlySet<string>;
}

/** @param path JSON pointer of the flow */
export function findFlowProblems(line: Line, path: string, targets: FlowTargets): ConfigurationProblem[] {
  const { flow, name } = line;
  const problems = Object.entries(flow.nodes).flatMap(([id, node]) => {
    const at: NodePlace = { path: `${path}/nodes/${id}`, where: `着信番号「${name}」の着信フロー「${id}」` };
    return [
      ...thingProblems(node, at, targets),
      ...nextProblems(flow, node, at),
      ...(node.type === 'menu' ? menuProblems(node, at) : []),
      ...(node.type === 'forward' ? forwardProblems(node, at, targets) : []),
    ];
  });
  if (!Object.hasOwn(flow.nodes, flow.start)) {
    const message = `着信番号「${name}」の着信フローの最初の項目「${flow.start}」がありません。最初の項目を選んでください。`;
    return [{ path: `${path}/start`, problemId: 'unknown-node', message }, ...problems];
  }
  return [
    ...problems,
    ...loops(flow, path, name),
    ...unreachable(flow, path, name),
    ...unannounced(flow, path, name, targets),
  ];
}

interface NodePlace {
  /** JSON pointer. */
  path: string;
  /** The same in words. */
  where: string;
}

const THINGS = {
  notice: { problemId: 'unknown-notice', word: '告知', targets: 'notices' },
  desk: { problemId: 'unknown-desk', word: '窓口', targets: 'desks' },
  schedule: { problemId: 'unknown-schedule', word: '開庁時間', targets: 'schedules' },
} as const;

/** Notices, desks and schedules that are not there. */
function thingProblems(node: FlowNode, { path, where }: NodePlace, targets: FlowTargets): ConfigurationProblem[] {
  return thingsOf(node).flatMap(({ field, kind, id }) => {
    const { problemId, word, targets: list } = THINGS[kind];
    if (targets[list].has(id)) return [];
    const message = `${where}の${word}「${id}」は登録されていません。登録済みの${word}を選んでください。`;
    return [{ path: `${path}/${field}`, problemId, message }];
  });
}

function thingsOf(node: FlowNode): { field: string; kind: keyof typeof THINGS; id: string }[] {
  switch (node.type) {
    case 'notice':
      return [{ field: 'notice', kind: 'notice', id: node.notice }];
    case 'desk':
      return [{ field: 'desk', kind: 'desk', id: node.desk }];
    case 'schedule':
      return [{ field: 'schedule', kind: 'schedule', id: node.schedule }];
    case 'menu':
      return (['notice', 'invalidNotice', 'noKeyNotice'] as const).flatMap((field) => {
        const id = node[field];
        return id === null ? [] : [{ field, kind: 'notice' as const, id }];
      });
    case 'forward':
    case 'message':
    case 'end':
      return [];
  }
}

/** Nodes that are not there. */
function nextProblems(flow: Flow, node: FlowNode, { path, where }: NodePlace): ConfigurationProblem[] {
  return nextsOf(node)
    .filter(({ target }) => !Object.hasOwn(flow.nodes, target))
    .map(({ field, target }) => ({
      path: `${path}/${field}`,
      problemId: 'unknown-node',
      message: `${where}の次の項目「${target}」がありません。次の項目を選び直してください。`,
    }));
}

const NEXT_FIELDS = ['next', 'open', 'closed', 'closedDay', 'busy', 'otherwise'] as const;

function nextsOf(node: FlowNode): { field: string; target: string }[] {
  const choices = node.type === 'menu' ? node.choices : [];
  return [
    ...choices.flatMap((choice, index) =>
      choice.then === 'go' ? [{ field: `choices/${index}/node`, target: choice.node }] : [],
    ),
    ...NEXT_FIELDS.flatMap((field) => {
      const target = (node as Partial<Record<string, unknown>>)[field];
      return typeof target === 'string' ? [{ field, target }] : [];
    }),
  ];
}

function menuProblems(menu: FlowNodeOf<'menu'>, { path, where }: NodePlace): ConfigurationProblem[] {
  const keys = menu.choices.map((choice) => choice.keys);
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : {
          path: `${path}/choices/${index}/keys`,
          problemId: 'duplicate-keys',
          message: `${where}の案内メニューでキー「${key}」が2回使われています。どちらかのキーを変更してください。`,
        },
  );
}

function forwardProblems(
  { number }: FlowNodeOf<'forward'>,
  { path, where }: NodePlace,
  { ownNumbers }: FlowTargets,
): ConfigurationProblem[] {
  const dialled = nationalNumber(number);
  if (emergencyDialling().has(dialled)) {
    const message = `${where}の転送先 ${number} は緊急通報の番号です。別の番号にしてください。`;
    return [{ path: `${path}/number`, problemId: 'emergency-forward', message }];
  }
  if (!ownNumbers.has(dialled)) return [];
  const message = `${where}の転送先 ${number} はこの装置の着信番号です。外線を通って戻ってきてしまうため、窓口を選ぶか、別の番号にしてください。`;
  return [{ path: `${path}/number`, problemId: 'forward-to-own-line', message }];
}

/** One problem for each node that closes a loop in which nobody needs to press a key. */
function loops(flow: Flow, path: string, lineName: string): ConfigurationProblem[] {
  const state = new Map<string, 'open' | 'done'>();
  const closing: string[] = [];
  for (const root of Object.keys(flow.nodes)) {
    const stack = [{ id: root, leave: false }];
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { id, leave } = top;
      const node = nodeOf(flow, id);
      if (leave) state.set(id, 'done');
      if (leave || !node || state.has(id)) continue;
      state.set(id, 'open');
      stack.push({ id, leave: true });
      for (const next of successorsWithoutKeys(node)) {
        if (state.get(next) === 'open') closing.push(id);
        else stack.push({ id: next, leave: false });
      }
    }
  }
  return [...new Set(closing)].map((id) => ({
    path: `${path}/nodes/${id}`,
    problemId: 'flow-loop',
    message: `着信番号「${lineName}」の着信フローが「${id}」から前の項目に戻り、終わりません。「終了」に進むようにしてください。`,
  }));
}

function unreachable(flow: Flow, path: string, lineName: string): ConfigurationProblem[] {
  const reached = reachedFrom(flow, () => false);
  return Object.keys(flow.nodes)
    .filter((id) => !reached.has(id))
    .map((id) => ({
      path: `${path}/nodes/${id}`,
      problemId: 'unreachable-node',
      message: `着信番号「${lineName}」の着信フローの「${id}」には、どこからも進みません。つなぐか、削除してください。`,
    }));
}

/** Desks that want their callers to have heard a notice, on a way without one. */
function unannounced(flow: Flow, path: string, lineName: string, targets: FlowTargets): ConfigurationProblem[] {
  const silentlyReached = reachedFrom(flow, ({ type }) => type === 'notice');
  return Object.entries(flow.nodes).flatMap(([id, node]) =>
    node.type === 'desk' && targets.announcedDesks.has(node.desk) && silentlyReached.has(id)
      ? {
          path: `${path}/nodes/${id}`,
          problemId: 'notice-missing',
          message: `着信番号「${lineName}」の着信フローの「${id}」には、告知を流さずに進む経路があります。この窓口は告知が必要です。手前に告知を入れてください。`,
        }
      : [],
  );
}

/** @param beyond whether nothing after such a node counts */
function reachedFrom(flow: Flow, beyond: (node: FlowNode) => boolean): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [flow.start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = nodeOf(flow, id);
    if (!node || reached.has(id)) continue;
    reached.add(id);
    if (!beyond(node)) waiting.push(...successors(node));
  }
  return reached;
}

const nodeOf = (flow: Flow, id: string): FlowNode | undefined =>
  Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
