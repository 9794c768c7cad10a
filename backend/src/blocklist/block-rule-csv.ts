import iconv from 'iconv-lite';
import { csvCell, LOST, lostInCp932, numberText } from '../recordings/export/call-list.ts';
import { japanTime } from '../schedules/japan-time.ts';
import { ACTION_WORDS, CAUSE_WORDS, KIND_WORDS } from './block-rule-words.ts';
import type { BlockRule, BlockRuleState } from './block-rule.schema.ts';

/** Headings that an import reads. The rest of an export is told and not read back. */
export const READ_HEADINGS = [
  ...['種別', '番号', '処置', '切断理由', '窓口', '着信番号', '理由', '備考', '開始', '終了', '見直し日'],
] as const;
export type ReadHeading = (typeof READ_HEADINGS)[number];
export const TOLD_HEADINGS = ['状態', '申請者', '申請日時', '承認者', '承認日時', '該当件数', '最終該当'] as const;
export type CsvEncoding = 'utf-8' | 'cp932';

const STATE_WORDS: Record<BlockRuleState, string> = {
  proposed: '承認待ち',
  waiting: '開始前',
  'in-force': '有効',
  expired: '終了',
  withdrawn: '取り下げ',
};

const BYTE_ORDER_MARK = '\ufeff';

/** `2026-11-22 09:05`, Japan time; what Excel takes for a date and writes back as one. */
function whenWords(instant: string | null): string {
  if (instant === null) return '';
  const { date, secondOfDay } = japanTime(new Date(instant));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = secondOfDay % 60 === 0 ? '' : `:${two(secondOfDay % 60)}`;
  return `${date} ${two(secondOfDay / 3600)}:${two((secondOfDay / 60) % 60)}${seconds}`;
}

const cellsOf = ({ match, action, ...rule }: BlockRule): string[] => [
  KIND_WORDS[match.kind],
  match.number === null ? '' : numberText(match.number),
  ACTION_WORDS[action.type],
  action.type === 'refuse' ? CAUSE_WORDS[action.cause] : '',
  action.type === 'desk' ? action.desk : '',
  (rule.lines ?? []).join(' '),
  ...[rule.reason, rule.note, whenWords(rule.startsAt), whenWords(rule.expiresAt), rule.reviewOn],
  ...[STATE_WORDS[rule.state], rule.proposedBy.name, whenWords(rule.proposedAt), rule.approvedBy?.name ?? ''],
  ...[whenWords(rule.approvedAt), String(rule.hits), whenWords(rule.lastHitAt)],
];

export function csvHeading(encoding: CsvEncoding): Buffer {
  const line = csvLine([...READ_HEADINGS, ...TOLD_HEADINGS], encoding);
  return encoding === 'utf-8' ? Buffer.concat([Buffer.from(BYTE_ORDER_MARK), line]) : line;
}

/** A rule as a line; what CP932 lacks becomes 〓. */
export const csvLineOf = (rule: BlockRule, encoding: CsvEncoding): Buffer => csvLine(cellsOf(rule), encoding);

function csvLine(cells: readonly string[], encoding: CsvEncoding): Buffer {
  const text = `${cells.map(csvCell).join(',')}\r\n`;
  if (encoding === 'utf-8') return Buffer.from(text);
  const lost = new Set(lostInCp932(text));
  return iconv.encode(Array.from(text, (character) => (lost.has(character) ? LOST : character)).join(''), 'cp932');
}
