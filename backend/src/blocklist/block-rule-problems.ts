import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { matchKeyOf } from './block-decision.ts';
import type { BlockKind, BlockRuleProposal } from './block-rule.schema.ts';
import { neverBlockedNumbers, whyNeverBlocked } from './never-blocked.ts';
import { isPossibleNumber } from './numbering-plan.ts';

/** One thing wrong with a rule: where (JSON pointer in the proposal), and what to do, in Japanese. */
export interface BlockRuleProblem {
  path: '/match' | '/match/number' | '/action' | '/action/desk' | '/lines' | '/expiresAt';
  message: string;
}

export type ProposedRule = Omit<BlockRuleProposal, 'startsAt' | 'expiresAt'> & {
  startsAt: Date;
  expiresAt: Date | null;
};

type MatchAndAction = Pick<ProposedRule, 'match' | 'action'>;

/**
 * Everything wrong with rules beyond their shape, by a document and a time.
 * @returns a function, because many rules are asked about one document
 */
export function blockRuleProblemsIn(document: ConfigurationDocument, now: Date) {
  const numbers = neverBlockedNumbers(document);
  const lines = new Set(document.lines.map(({ id }) => id));
  const desks = new Set(document.desks.map(({ id }) => id));
  return (rule: ProposedRule): BlockRuleProblem[] => [
    ...matchProblems(rule, numbers),
    ...actionProblems(rule, desks),
    ...(rule.lines ?? [])
      .filter((line) => !lines.has(line))
      .map((line) => ({ path: '/lines' as const, message: `着信番号「${line}」は設定にありません。` })),
    ...periodProblems(rule, now),
  ];
}

/** What of that may come to be while a rule waits for its approval, and where to look for it. */
export function approvalProblemsIn(document: ConfigurationDocument) {
  const numbers = neverBlockedNumbers(document);
  const desks = new Set(document.desks.map(({ id }) => id));
  return {
    protectedKeys: Array.from(numbers.keys(), (number) => matchKeyOf({ kind: 'exact', number })),
    problemsOf: (rule: MatchAndAction): BlockRuleProblem[] => [
      ...matchProblems(rule, numbers),
      ...actionProblems(rule, desks),
    ],
  };
}

function matchProblems({ match, action }: MatchAndAction, numbers: ReadonlyMap<string, string>): BlockRuleProblem[] {
  const why = whyNeverBlocked(match, action, numbers);
  if (why !== null) return [{ path: '/match/number', message: why }];
  if (!('number' in match) || !lacksZero(match)) return [];
  const message = `${match.number} は先頭の0がありません。表計算ソフトで失われた可能性があります。0から(外国の番号は + または 010 から)入力してください。`;
  return [{ path: '/match/number', message }];
}

/** No number of Japan begins with another digit, but for those of three. */
const lacksZero = ({ kind, number }: { kind: BlockKind; number: string }): boolean =>
  kind === 'prefix' ? /^[2-9]/.test(number) : !isPossibleNumber(number) && isPossibleNumber(`0${number}`);

function actionProblems({ match, action }: MatchAndAction, desks: ReadonlySet<string>): BlockRuleProblem[] {
  if (action.type === 'desk' && !desks.has(action.desk)) {
    return [{ path: '/action/desk', message: `窓口「${action.desk}」は設定にありません。` }];
  }
  if (action.type === 'ask-number' && match.kind !== 'withheld') {
    return [{ path: '/action', message: '番号通知のお願いは、非通知の規則にだけ使えます。' }];
  }
  return [];
}

function periodProblems({ startsAt, expiresAt }: ProposedRule, now: Date): BlockRuleProblem[] {
  if (expiresAt === null || (expiresAt > startsAt && expiresAt > now)) return [];
  return [{ path: '/expiresAt', message: '終了は、開始および現在より後にしてください。' }];
}
