import { type IncompleteReason, type RecordingStatement } from '../api/generated/models.ts';
import { formatDuration } from '../calendar/duration.ts';
import { STANDARD_RULES } from '../calls/timeline-words.ts';
import { INCOMPLETE, deletionRuleWords } from './recording-words.ts';

/** One thing the audit log says of a recording, for somebody who has never heard of logs. */
export interface StatementWords {
  /** When that was; null = the log does not say. */
  at: string | null;
  what: string;
  facts: { name: string; value: string; exact: boolean }[];
}

type Leaf = RecordingStatement['leaf'];
type SealedLeaf = Extract<Leaf, { type: 'recording' }>;
type DeletedLeaf = Extract<Leaf, { type: 'recording-deleted' }>;

export const statementWords = (leaf: Leaf): StatementWords =>
  leaf.type === 'recording-deleted' ? deleted(leaf) : leaf.completeness === 'none' ? none(leaf) : sealed(leaf);

function sealed(leaf: SealedLeaf): StatementWords {
  const { sealedAt, completeness, durationMs, sha256 } = leaf;
  return {
    at: sealedAt,
    what:
      completeness === 'complete'
        ? $localize`:@@statement.complete:完全な録音が保存されました。`
        : $localize`:@@statement.partial:一部の欠けた録音が保存されました。`,
    facts: [
      ...reasons(leaf),
      ...(durationMs === null ? [] : [fact(LENGTH, formatDuration(durationMs))]),
      ...(sha256 === null ? [] : [{ name: SHA256, value: sha256, exact: true }]),
    ],
  };
}

function none(leaf: SealedLeaf): StatementWords {
  return {
    at: leaf.sealedAt,
    what: $localize`:@@statement.none:この通話には、録音がありません。`,
    facts: reasons(leaf),
  };
}

function deleted({ deletedAt, rule, userId }: DeletedLeaf): StatementWords {
  return {
    at: deletedAt,
    what: $localize`:@@statement.deleted:録音が削除されました。`,
    facts: [
      fact($localize`:@@deletionNotice.rule:規則`, deletionRuleWords(rule)),
      userId === null
        ? fact(BY, $localize`:@@deletionNotice.byRule:規則による自動削除`)
        : { name: BY, value: $localize`:@@statement.user:職員(利用者ID ${userId}:user:)`, exact: false },
    ],
  };
}

/** Why it is not whole, and the recording rule that decided it, by its id: its name may be another one by now. */
const reasons = (leaf: SealedLeaf) => [
  ...(leaf.reason === null ? [] : [fact(REASON, reasonWords(leaf.reason))]),
  ...('rule' in leaf ? [fact($localize`:@@statement.rule:録音ルール`, STANDARD_RULES[leaf.rule] ?? leaf.rule)] : []),
];

const fact = (name: string, value: string) => ({ name, value, exact: false });

const reasonWords = (reason: string): string =>
  reason in INCOMPLETE ? INCOMPLETE[reason as IncompleteReason].full : reason;

const REASON = $localize`:@@statement.reason:理由`;
const LENGTH = $localize`:@@statement.length:長さ`;
const SHA256 = $localize`:@@statement.sha256:音声のSHA-256`;
const BY = $localize`:@@deletionNotice.by:実行者`;
