import type { ApprovedRule } from '../blocklist/block-decision.ts';
import type { BlockAction } from '../blocklist/block-rule.schema.ts';
import { blockActionWords, blockMatchWords } from '../blocklist/block-rule-words.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import type { FlowNodeOf, Line } from '../lines/line.schema.ts';
import { chosenKeys } from '../menus/keys.ts';
import { japanTime } from '../schedules/japan-time.ts';
import { HOLIDAYS_KNOWN_UNTIL_YEAR } from '../schedules/national-holidays.ts';
import type { SwitchedState } from '../schedules/schedule-state.ts';
import { decide, type Decision, type Outcome, type Step } from './decide.ts';
import { whatWords, whyWords } from './decision-words.ts';
import type { SimulatedBlock, SimulatedCall, SimulatedStep, Simulation } from './simulation.schema.ts';

type Call = Omit<SimulatedCall, 'document' | 'line'>;

/**
 * Walks a call through its line's flow by the decision that carries real calls.
 * @param document one without problems, so that the walk has an end
 * @param switches as they are now; they count for what is left of their time
 * @param block the rule that catches the call
 */
export function simulate(
  document: ConfigurationDocument,
  line: Line,
  call: Call,
  switches: ReadonlyMap<string, SwitchedState>,
  block: ApprovedRule | null = null,
): Simulation {
  const blocked = block && simulatedBlock(block, document);
  const named = { id: line.id, name: line.name };
  if (block && blocked && !goesItsWay(block.action, document)) {
    const end = { type: 'blocked' as const, node: null, summary: blocked.what };
    return { line: named, block: blocked, steps: [], end, remarks: [] };
  }
  const circumstances = { document, switches, at: new Date(call.at) };
  const pressed = call.keys.values();
  const steps: SimulatedStep[] = [];
  let outcome: Outcome | null = null;
  let decision = decide(circumstances, line.flow, null);
  for (;;) {
    steps.push(stepWords(decision, outcome, document, call));
    outcome = outcomeOf(decision.step, call, pressed);
    if (outcome === null) break;
    decision = decide(circumstances, line.flow, { position: decision.position, outcome });
  }
  return {
    line: named,
    block: blocked,
    steps,
    end: endOf(decision.step, steps),
    remarks: remarksOn(circumstances.at, steps),
  };
}

/** Also when the desk is gone from the document: better the usual way than none (`[blocked]` of the dialplan). */
const goesItsWay = (action: BlockAction, { desks }: ConfigurationDocument): boolean =>
  action.type === 'flag' || (action.type === 'desk' && !desks.some(({ id }) => id === action.desk));

function simulatedBlock({ id, match, action }: ApprovedRule, document: ConfigurationDocument): SimulatedBlock {
  const why = `着信規制(${blockMatchWords(match)})に該当しました`;
  return { rule: id, action: action.type, why, what: blockActionWords(action, document.desks) };
}

function stepWords(
  { step, turn }: Decision,
  outcome: Outcome | null,
  document: ConfigurationDocument,
  { presentation }: Call,
): SimulatedStep {
  return {
    node: step.node,
    type: step.type,
    turn,
    why: whyWords(turn, outcome),
    what: whatWords(step, document, presentation),
    rule: step.type === 'schedule' ? step.state.rule : null,
  };
}

/** How the step goes; null = the call stays there. */
function outcomeOf(step: Step, { parties }: Call, pressed: Iterator<string>): Outcome | null {
  switch (step.type) {
    case 'notice':
      return { type: 'notice-ended' };
    case 'schedule':
      return { type: 'schedule', openness: step.state.openness };
    case 'menu':
      return pressedIn(step, pressed);
    case 'desk':
    case 'forward':
      if (parties === 'answer') return null;
      return { type: parties === 'busy' ? 'busy' : 'unanswered' };
    case 'message':
      return { type: 'message-ended' };
    case 'end':
      return null;
  }
}

function pressedIn(menu: FlowNodeOf<'menu'>, pressed: Iterator<string>): Outcome {
  const next = pressed.next();
  if (next.done === true || next.value === '') return { type: 'no-key' };
  const keys = chosenKeys(menu, next.value);
  return keys === null ? { type: 'invalid-keys' } : { type: 'keys', keys };
}

function endOf({ node, type }: Step, steps: readonly SimulatedStep[]): Simulation['end'] {
  const what = steps.at(-1)?.what ?? '';
  return type === 'desk' || type === 'forward'
    ? { type, node, summary: `${what}。応答があり、通話になります` }
    : { type: 'end', node, summary: what };
}

function remarksOn(at: Date, steps: readonly SimulatedStep[]): string[] {
  const asksSchedule = steps.some(({ type }) => type === 'schedule');
  if (!asksSchedule || Number(japanTime(at).date.slice(0, 4)) <= HOLIDAYS_KNOWN_UNTIL_YEAR) return [];
  return [`祝日の情報は${HOLIDAYS_KNOWN_UNTIL_YEAR}年までです。それより後の祝日は平日として扱います。`];
}
