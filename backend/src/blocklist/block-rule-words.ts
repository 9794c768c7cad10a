import { formatNumber } from '../calls/number-grouping.ts';
import type { BlockAction, BlockKind, BlockMatch } from './block-rule.schema.ts';

/** Kinds of callers as people call them; also in CSV files. */
export const KIND_WORDS: Record<BlockKind, string> = {
  exact: '番号',
  prefix: '先頭番号',
  withheld: '非通知',
  payphone: '公衆電話',
  unavailable: '表示圏外',
  invalid: '不正な番号',
};

export const ACTION_WORDS: Record<BlockAction['type'], string> = {
  refuse: '拒否',
  'refusal-notice': 'お断りの案内',
  'ask-number': '番号通知のお願い',
  desk: '固定の窓口',
  flag: '注意表示のみ',
};

export const CAUSE_WORDS: Record<Extract<BlockAction, { type: 'refuse' }>['cause'], string> = {
  refused: '着信拒否',
  busy: '話し中',
  'no-answer': '応答なし',
  normal: '切断',
  'no-such-number': '欠番',
};

/** Which callers, in Japanese, e.g. 「先頭番号 0312」. */
export const blockMatchWords = (match: BlockMatch): string =>
  'number' in match ? `${KIND_WORDS[match.kind]} ${formatNumber(match.number)}` : KIND_WORDS[match.kind];

/** What becomes of their calls, in Japanese. */
export function blockActionWords(action: BlockAction, desks: readonly { id: string; name: string }[]): string {
  switch (action.type) {
    case 'refuse':
      return `応答せずに着信を拒否します(${CAUSE_WORDS[action.cause]})`;
    case 'refusal-notice':
      return 'お断りの案内を流して通話を終えます';
    case 'ask-number':
      return '番号通知のお願いを流して通話を終えます';
    case 'desk': {
      const desk = desks.find(({ id }) => id === action.desk);
      return desk
        ? `固定の窓口「${desk.name}」につなぎます`
        : `固定の窓口「${action.desk}」は設定にないため、通常どおり進みます`;
    }
    case 'flag':
      return '注意の表示をつけて、通常どおり進みます';
  }
}
