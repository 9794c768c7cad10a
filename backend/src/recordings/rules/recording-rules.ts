import type { CallDirection } from '../../calls/call-direction.ts';
import { comparableNumber } from '../../calls/number-folding.ts';
import type { Desk } from '../../desks/desk.schema.ts';
import { EMERGENCY_NUMBERS } from '../../phones/emergency-numbers.ts';
import { EMERGENCY_RULE, type RecordingChoice, type RecordingRule, STANDARD_RULE } from './recording-rule.schema.ts';

/** What decides about a recording, as far as it is known. */
export interface RecordedCall {
  direction: CallDirection;
  /** null = none, as of calls between phones. */
  lineId: string | null;
  /** The outside party's, in national form; null when withheld. */
  number: string | null;
  /** The desk that was rung; null after a transfer, for calls that phones make, and as long as none was. */
  deskId: string | null;
  /** Phones that take part; none = nobody has answered yet. */
  phoneIds: readonly string[];
}

export interface RecordingDecision {
  recording: RecordingChoice;
  /** Id of the rule, `standard` or `emergency`. */
  rule: string;
}

export interface StartDecision extends RecordingDecision {
  /**
   * Whether the recorder has to run from the beginning: it must unless the call is not kept whoever answers. What turns out
   * not to be kept is discarded when the call is over, before anything is sealed.
   */
  recorderRuns: boolean;
}

const NARROWEST_FIRST = ['numbers', 'phones', 'desks', 'lines', 'directions'] as const;

/** The rules in the order in which they count. */
export function inOrderOfWeight(rules: readonly RecordingRule[]): RecordingRule[] {
  const weight = (rule: RecordingRule) => {
    const narrowest = NARROWEST_FIRST.findIndex((condition) => rule[condition] !== undefined);
    return narrowest < 0 ? NARROWEST_FIRST.length : narrowest;
  };
  return rules.toSorted((one, other) => weight(one) - weight(other));
}

/** Whether a rule asks who takes part, which is not known before somebody has answered. */
export const asksWho = ({ desks, phones }: RecordingRule): boolean => desks !== undefined || phones !== undefined;

/**
 * The one decision about a recording, once it is known who speaks. Pure; `asterisk/render-recording-rules.ts` renders the
 * same for the dialplan, so that it holds with no backend.
 */
export function decideRecording(
  rules: readonly RecordingRule[],
  desks: readonly Desk[],
  call: RecordedCall,
): RecordingDecision {
  if (isEmergency(call)) return { recording: 'always', rule: EMERGENCY_RULE };
  const rule = inOrderOfWeight(rules).find((each) => meetsKnown(each, call) && meetsWho(each, desks, call));
  return rule ? { recording: rule.recording, rule: rule.id } : standard(call);
}

/** The same when the call begins. What is decided then is what counts should nobody answer. */
export function decideAtStart(
  rules: readonly RecordingRule[],
  desks: readonly Desk[],
  call: RecordedCall,
): StartDecision {
  const decision = decideRecording(rules, desks, call);
  const mayBeKept = inOrderOfWeight(rules)
    .slice(0, weightOf(rules, decision.rule))
    .some((each) => each.recording !== 'never' && asksWho(each) && meetsKnown(each, call));
  const recorderRuns = decision.recording !== 'never' || (call.phoneIds.length === 0 && mayBeKept);
  return { ...decision, recorderRuns };
}

const weightOf = (rules: readonly RecordingRule[], ruleId: string): number => {
  const place = inOrderOfWeight(rules).findIndex(({ id }) => id === ruleId);
  return place < 0 ? rules.length : place;
};

/** Calls between phones are not recorded unless a rule says so. */
const standard = ({ direction }: RecordedCall): RecordingDecision => ({
  recording: direction === 'internal' ? 'never' : 'always',
  rule: STANDARD_RULE,
});

const isEmergency = ({ direction, number }: RecordedCall): boolean =>
  direction === 'outgoing' && number !== null && EMERGENCY_NUMBERS.has(number);

function meetsKnown({ directions, lines, numbers }: RecordingRule, { direction, lineId, number }: RecordedCall) {
  const isOneOf = (values: readonly string[] | undefined, value: string | null) =>
    values === undefined || (value !== null && values.includes(value));
  const party = number === null ? null : comparableNumber(number);
  return isOneOf(directions, direction) && isOneOf(lines, lineId) && isOneOf(numbers?.map(comparableNumber), party);
}

function meetsWho({ desks, phones }: RecordingRule, all: readonly Desk[], { deskId, phoneIds }: RecordedCall): boolean {
  const ofPhones = phones === undefined || phones.some((id) => phoneIds.includes(id));
  return (
    ofPhones && (desks === undefined || desks.some((id) => (deskId === null ? has(all, id, phoneIds) : id === deskId)))
  );
}

const has = (all: readonly Desk[], deskId: string, phoneIds: readonly string[]): boolean =>
  all.find(({ id }) => id === deskId)?.members.some((member) => phoneIds.includes(member)) ?? false;
