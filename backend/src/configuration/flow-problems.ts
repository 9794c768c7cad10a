import type { Flow, FlowNode, Line } from '../lines/line.schema.ts';
import { successors } from '../routing/decide.ts';
import type { ConfigurationProblem } from './configuration.schema.ts';

/** Ids that the nodes of a flow may name. */
export interface FlowTargets {
  notices: ReadonlySet<string>;
  desks: ReadonlySet<string>;
}

/** @param path JSON pointer of the flow */
export function findFlowProblems(line: Line, path: string, targets: FlowTargets): ConfigurationProblem[] {
  const { flow, name } = line;
  const problems = Object.entries(flow.nodes).flatMap(([id, node]) =>
    nodeProblems(flow, node, `${path}/nodes/${id}`, `着信番号「${name}」の着信フロー「${id}」`, targets),
  );
  if (!Object.hasOwn(flow.nodes, flow.start)) {
    const message = `着信番号「${name}」の着信フローの最初の項目「${flow.start}」がありません。最初の項目を選んでください。`;
    return [{ path: `${path}/start`, problemId: 'unknown-node', message }, ...problems];
  }
  return [...problems, ...loops(flow, path, name), ...unreachable(flow, path, name)];
}

function nodeProblems(
  flow: Flow,
  node: FlowNode,
  path: string,
  where: string,
  targets: FlowTargets,
): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const requireNode = (field: string, target: string) => {
    if (Object.hasOwn(flow.nodes, target)) return;
    const message = `${where}の次の項目「${target}」がありません。次の項目を選び直してください。`;
    problems.push({ path: `${path}/${field}`, problemId: 'unknown-node', message });
  };
  switch (node.type) {
    case 'notice':
      if (!targets.notices.has(node.notice)) {
        const message = `${where}の告知「${node.notice}」は登録されていません。登録済みの告知を選んでください。`;
        problems.push({ path: `${path}/notice`, problemId: 'unknown-notice', message });
      }
      requireNode('next', node.next);
      break;
    case 'desk':
      if (!targets.desks.has(node.desk)) {
        const message = `${where}の窓口「${node.desk}」は登録されていません。登録済みの窓口を選んでください。`;
        problems.push({ path: `${path}/desk`, problemId: 'unknown-desk', message });
      }
      requireNode('otherwise', node.otherwise);
      break;
    case 'end':
      break;
  }
  return problems;
}

/** One problem for each node that closes a loop. */
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
      for (const next of successors(node)) {
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
  const reached = new Set<string>();
  const waiting = [flow.start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = nodeOf(flow, id);
    if (!node || reached.has(id)) continue;
    reached.add(id);
    waiting.push(...successors(node));
  }
  return Object.keys(flow.nodes)
    .filter((id) => !reached.has(id))
    .map((id) => ({
      path: `${path}/nodes/${id}`,
      problemId: 'unreachable-node',
      message: `着信番号「${lineName}」の着信フローの「${id}」には、どこからも進みません。つなぐか、削除してください。`,
    }));
}

const nodeOf = (flow: Flow, id: string): FlowNode | undefined =>
  Object.hasOwn(flow.nodes, id) ? flow.nodes[id] : undefined;
