import { DenwabanError } from '../platform/errors.ts';
import type { BlockRuleProblem } from './block-rule-problems.ts';
import { MOST_PERIODS } from './astdb-copy.ts';

export class BlockRuleInvalidError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'block-rule-invalid';
  constructor(problems: readonly BlockRuleProblem[]) {
    super('この着信規制は登録できません。', problems);
  }
}

/** Approved, withdrawn or over already. */
export class BlockRuleNotProposedError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'block-rule-not-proposed';
  constructor(rules: readonly string[]) {
    super('承認待ちではない着信規制が含まれています。一覧を読み込み直してください。', { rules: rules.slice(0, 100) });
  }
}

export class OwnProposalError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'own-proposal';
  constructor(rules: readonly string[]) {
    super('ご自身が申請した着信規制は承認できません。別の担当者に承認を依頼してください。', {
      rules: rules.slice(0, 100),
    });
  }
}

export class BlockRulesOverlapError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'block-rules-overlap';
  constructor(overlaps: readonly { rule: string; other: string }[]) {
    super(
      '同じ相手・同じ着信番号について、期間の重なる着信規制があります。先にそちらを取り下げるか、期間を変えて申請し直してください。',
      { overlaps: overlaps.slice(0, 100) },
    );
  }
}

export class TooManyPeriodsError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'block-rule-too-many-periods';
  constructor() {
    super(
      `同じ相手・同じ着信番号について、終わっていない着信規制は${MOST_PERIODS}件までです。不要なものを取り下げてください。`,
    );
  }
}

export class BlockRuleOverError extends DenwabanError {
  readonly status = 409;
  readonly errorId = 'block-rule-over';
  constructor() {
    super('この着信規制は、すでに終わっているか取り下げられています。一覧を読み込み直してください。');
  }
}

export class BlockRulesBusyError extends DenwabanError {
  readonly status = 503;
  readonly errorId = 'block-rules-busy';
  constructor() {
    super(
      'ほかの方が多くの着信規制を取り込んでいるか、承認しているため、お待ちいただく時間を超えました。何も変更していません。1分ほどたってから、もう一度お試しください。',
    );
  }
}

export interface ImportProblem {
  /** Of the file, the heading being 1; 0 = the file as a whole. */
  row: number;
  column: string;
  message: string;
}

export class BlockRuleImportRefusedError extends DenwabanError {
  readonly status = 422;
  readonly errorId = 'block-rule-import-refused';
  constructor(problems: readonly ImportProblem[], total: number) {
    super('取り込みを中止しました。1件も登録していません。誤りを直して、もう一度取り込んでください。', {
      total,
      problems,
    });
  }
}

export class ImportTooLargeError extends DenwabanError {
  readonly status = 413;
  readonly errorId = 'import-too-large';
  constructor(mostBytes: number) {
    super(`ファイルが大きすぎます。${mostBytes / 1024 ** 2} MiB以内に分けて取り込んでください。`, { mostBytes });
  }
}
