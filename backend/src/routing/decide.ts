import type { Flow, FlowNode } from '../lines/line.schema.ts';

export type EndCause = Extract<FlowNode, { type: 'end' }>['cause'];

/** What a call does at a node. */
export type Step =
  | { type: 'notice'; node: string; notice: string }
  | { type: 'desk'; node: string; desk: string }
  | { type: 'end'; node: string; cause: EndCause };

/** How the step at `node` went. A desk that was answered has no next step: the conversation is the phones' affair. */
export type StepOutcome = { node: string; outcome: 'notice-ended' } | { node: string; outcome: 'desk-unanswered' };

/** The flow does not lead from `node` in this way; a document without problems never causes it. */
export class FlowBrokenError extends Error {
  readonly node: string;

  constructor(node: string) {
    super(`flow broken at node ${node}`);
    this.name = 'FlowBrokenError';
    this.node = node;
  }
}

/**
 * Pure walk of a flow, shared by the live engine, the generated fallback dialplan and the tests.
 * @param last what was done before; null = the call has just arrived
 * @throws FlowBrokenError
 */
export function nextStep(flow: Flow, last: StepOutcome | null): Step {
  return stepAt(flow, last ? followingNode(flow, last) : flow.start);
}

/** @throws FlowBrokenError when there is no such node */
export function stepAt(flow: Flow, nodeId: string): Step {
  const node = nodeOf(flow, nodeId);
  switch (node.type) {
    case 'notice':
      return { type: 'notice', node: nodeId, notice: node.notice };
    case 'desk':
      return { type: 'desk', node: nodeId, desk: node.desk };
    case 'end':
      return { type: 'end', node: nodeId, cause: node.cause };
  }
}

/** Every node that may come right after this one. */
export function successors(node: FlowNode): string[] {
  switch (node.type) {
    case 'notice':
      return [node.next];
    case 'desk':
      return [node.otherwise];
    case 'end':
      return [];
  }
}

function followingNode(flow: Flow, { node: nodeId, outcome }: StepOutcome): string {
  const node = nodeOf(flow, nodeId);
  if (node.type === 'notice' && outcome === 'notice-ended') return node.next;
  if (node.type === 'desk' && outcome === 'desk-unanswered') return node.otherwise;
  throw new FlowBrokenError(nodeId);
}

function nodeOf(flow: Flow, nodeId: string): FlowNode {
  const node = Object.hasOwn(flow.nodes, nodeId) ? flow.nodes[nodeId] : undefined;
  if (!node) throw new FlowBrokenError(nodeId);
  return node;
}

/** Q.850 cause with which an end node hangs up. Before an answer Asterisk turns it into 603, 486, 480 or 403. */
export const END_CAUSE_Q850: Record<EndCause, number> = { normal: 16, busy: 17, 'no-answer': 19, refused: 21 };
