import { comparableNumber } from '../calls/number-folding.ts';
import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { EMERGENCY_NUMBERS } from '../phones/emergency-numbers.ts';
import {
  EMERGENCY_RULE,
  type RecordingRule,
  RESUME_AFTER_SECONDS,
  STANDARD_RULE,
} from '../recordings/rules/recording-rule.schema.ts';
import { asksWho, inOrderOfWeight } from '../recordings/rules/recording-rules.ts';
import type { Section } from './section.ts';

/** Subroutine with the rules in the order in which they count, called by `extensions-recording.conf`. */
export const RECORDING_RULES_CONTEXT = 'recording-rules';

/** What each rule names, one extension a value, so that a long list costs one look-up. */
const ruleContext = (ruleId: string): string => `recording-rule-${ruleId}`;

/**
 * `decideRecording` and `decideAtStart` for the dialplan: `recording-rules,s,1(<direction>,<line>,<number>,<desk>,<phone>,<other
 * phone>)` returns `<recording>/<rule>/<1 if the recorder must run although nothing may be kept>`; a desk or phone that is
 * not known is empty.
 */
export function recordingRuleSections({ recordings, desks }: ConfigurationDocument): Section[] {
  const rules = inOrderOfWeight(recordings.rules ?? []);
  const membersOf = new Map(desks.map(({ id, members }) => [id, members]));
  const { resumeAfterSeconds = RESUME_AFTER_SECONDS } = recordings.pause ?? {};
  return [
    {
      name: RECORDING_RULES_CONTEXT,
      lines: [
        'exten => s,1,Set(LOCAL(run)=)',
        ...['line', 'desk', 'phone', 'other'].map(
          (name) => ` same => n,Set(LOCAL(${name})=\${STRREPLACE(ARG${ARGUMENT[name as Argument]},-,_)})`,
        ),
        ` same => n,ExecIf(\${DIALPLAN_EXISTS(${RECORDING_RULES_CONTEXT},\${ARG1}_\${ARG3},1)}?Return(always/${EMERGENCY_RULE}/))`,
        ...rules.flatMap((rule) => ruleLines(rule).map((line) => ` same => n,${line}`)),
        ` same => n,Return(\${IF($["\${ARG1}"="internal"]?never:always)}/${STANDARD_RULE}/\${run})`,
        ...[...EMERGENCY_NUMBERS].map((number) => `exten => outgoing_${number},1,Return()`),
        `exten => pause,1,Return(${resumeAfterSeconds})`,
      ],
    },
    ...rules.map((rule) => ({ name: ruleContext(rule.id), lines: valueLines(rule, membersOf) })),
  ];
}

const ARGUMENT = { line: 2, desk: 4, phone: 5, other: 6 } as const;
type Argument = keyof typeof ARGUMENT;

function ruleLines(rule: RecordingRule): string[] {
  const among = (value: string) => `\${DIALPLAN_EXISTS(${ruleContext(rule.id)},${value},1)}`;
  const known = [
    ...(rule.directions ? [among('direction_${ARG1}')] : []),
    ...(rule.lines ? [among('line_${line}')] : []),
    ...(rule.numbers ? [among('number_${ARG3}')] : []),
  ];
  const either = (kind: string) => `(${among(`${kind}_\${phone}`)} | ${among(`${kind}_\${other}`)})`;
  const who = [
    ...(rule.phones ? [either('phone')] : []),
    ...(rule.desks ? [`\${IF($["\${desk}"=""]?$[${either('member')}]:${among('desk_${desk}')})}`] : []),
  ];
  const when = (conditions: readonly string[], then: string) =>
    conditions.length === 0 ? then : `ExecIf($[${conditions.join(' & ')}]?${then})`;
  const nobodyYet = '"${phone}${other}"=""';
  return [
    when([...known, ...who], `Return(${rule.recording}/${rule.id}/\${run})`),
    ...(asksWho(rule) && rule.recording !== 'never' ? [when([nobodyYet, ...known], 'Set(LOCAL(run)=1)')] : []),
  ];
}

function valueLines(rule: RecordingRule, membersOf: ReadonlyMap<string, readonly string[]>): string[] {
  const values = [
    ...(rule.directions ?? []).map((direction) => `direction_${direction}`),
    ...(rule.lines ?? []).map((id) => `line_${inExtension(id)}`),
    ...(rule.numbers ?? []).flatMap(shownAs).map((number) => `number_${number}`),
    ...(rule.phones ?? []).map((id) => `phone_${inExtension(id)}`),
    ...(rule.desks ?? []).flatMap((id) => [
      `desk_${inExtension(id)}`,
      ...(membersOf.get(id) ?? []).map((member) => `member_${inExtension(member)}`),
    ]),
  ];
  return [...new Set(values)].map((value) => `exten => ${value},1,Return()`);
}

/** A number abroad comes behind a plus or 010, and is dialled behind 010. */
function shownAs(number: string): string[] {
  const comparable = comparableNumber(number);
  return comparable.startsWith('+') ? [comparable, `010${comparable.slice(1)}`] : [comparable];
}

/** Asterisk ignores hyphens in extensions. */
const inExtension = (id: string): string => id.replaceAll('-', '_');
