import { nationalNumber } from '../../asterisk/dialplan-names.ts';
import type { ConfigurationDocument, ConfigurationProblem } from '../../configuration/configuration.schema.ts';
import { EMERGENCY_NUMBERS } from '../../phones/emergency-numbers.ts';
import { EMERGENCY_RULE, type RecordingRule, STANDARD_RULE } from './recording-rule.schema.ts';
import { decideRecording } from './recording-rules.ts';

/** What is wrong with recording rules beyond their shape; doubled ids are found with all others. */
export function findRecordingRuleProblems(document: ConfigurationDocument): ConfigurationProblem[] {
  const rules = document.recordings.rules ?? [];
  return [
    ...rules.flatMap((rule, index) => {
      const path = `/recordings/rules/${index}`;
      return [...ownProblems(rule, path), ...unknownThings(rule, path, document)];
    }),
    ...unrecordedMessages(rules, document),
  ];
}

/** Callers asked for a message of which nothing would be left. A number that is not recorded may call any line. */
function unrecordedMessages(
  rules: readonly RecordingRule[],
  { lines, desks }: ConfigurationDocument,
): ConfigurationProblem[] {
  return lines.flatMap(({ id: lineId, name, flow }, index) => {
    const call = { direction: 'incoming', lineId, number: null, deskId: null, phoneIds: [] } as const;
    const { recording, rule } = decideRecording(rules, desks, call);
    if (recording !== 'never') return [];
    const ruleName = rules.find(({ id }) => id === rule)?.name ?? rule;
    return Object.entries(flow.nodes)
      .filter(([, { type }]) => type === 'message')
      .map(([node]) => ({
        path: `/lines/${index}/flow/nodes/${node}`,
        problemId: 'message-not-recorded',
        message: `着信番号「${name}」の着信フロー「${node}」で用件をお預かりしますが、録音ルール「${ruleName}」により録音されません。用件録音を着信フローから外すか、録音ルールを変更してください。`,
      }));
  });
}

function ownProblems(rule: RecordingRule, path: string): ConfigurationProblem[] {
  const { id, name, recording, reason, numbers = [] } = rule;
  const problems: (ConfigurationProblem | false)[] = [
    (id === STANDARD_RULE || id === EMERGENCY_RULE) && {
      path: `${path}/id`,
      problemId: 'reserved-id',
      message: `録音ルールのID「${id}」は装置が使っています。別のIDにしてください。`,
    },
    recording !== 'always' &&
      reason === undefined && {
        path: `${path}/reason`,
        problemId: 'reason-missing',
        message: `録音ルール「${name}」には、すべては保存しない理由がありません。理由を入力してください。`,
      },
    numbers.length > 0 &&
      (rule.phones ?? rule.desks) !== undefined && {
        path: `${path}/numbers`,
        problemId: 'numbers-with-phones',
        message: `録音ルール「${name}」は、番号と、電話機または窓口の両方を条件にしています。番号のルールは録音を始める前に決まりますので、別々のルールに分けてください。`,
      },
    ...numbers.map(
      (number, index) =>
        EMERGENCY_NUMBERS.has(nationalNumber(number)) && {
          path: `${path}/numbers/${index}`,
          problemId: 'emergency-number',
          message: `録音ルール「${name}」の番号 ${number} は緊急通報の番号です。緊急通報は必ず録音されますので、削除してください。`,
        },
    ),
  ];
  return problems.filter((problem) => problem !== false);
}

const THINGS = [
  { list: 'lines', problemId: 'unknown-line', word: '着信番号' },
  { list: 'desks', problemId: 'unknown-desk', word: '窓口' },
  { list: 'phones', problemId: 'unknown-phone', word: '電話機' },
] as const;

function unknownThings(rule: RecordingRule, path: string, document: ConfigurationDocument): ConfigurationProblem[] {
  return THINGS.flatMap(({ list, problemId, word }) => {
    const known = new Set(document[list].map(({ id }) => id));
    return (rule[list] ?? []).flatMap((id, index) =>
      known.has(id)
        ? []
        : {
            path: `${path}/${list}/${index}`,
            problemId,
            message: `録音ルール「${rule.name}」の${word}「${id}」は登録されていません。登録済みの${word}を選んでください。`,
          },
    );
  });
}
