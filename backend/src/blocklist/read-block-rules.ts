import type { z } from 'zod';
import { japanese } from '../platform/http/input.ts';
import { japanTime, JST_AHEAD_MS } from '../schedules/japan-time.ts';
import { astDbKeys } from './astdb-copy.ts';
import type { CsvRow } from './csv-rows.ts';
import { ACTION_WORDS, CAUSE_WORDS, KIND_WORDS } from './block-rule-words.ts';
import type { BlockRuleProblem, ProposedRule } from './block-rule-problems.ts';
import { BlockRuleProposal, isInYears } from './block-rule.schema.ts';
import { READ_HEADINGS, type ReadHeading, TOLD_HEADINGS } from './block-rule-csv.ts';
import type { ImportProblem } from './block-rules.errors.ts';

/** A row that is a rule. */
export interface ReadRule {
  row: number;
  rule: ProposedRule;
}

type Cells = Record<ReadHeading, string>;

const REQUIRED: readonly ReadHeading[] = ['種別', '処置', '理由', '見直し日'];
const HEADING_OF_PLACE: Record<string, ReadHeading> = {
  match: '番号',
  action: '処置',
  lines: '着信番号',
  reason: '理由',
  note: '備考',
  startsAt: '開始',
  expiresAt: '終了',
  reviewOn: '見直し日',
};

const reversed = <K extends string>(words: Record<K, string>): ReadonlyMap<string, K> =>
  new Map((Object.entries(words) as [K, string][]).map(([key, word]) => [word, key]));
const KINDS = reversed(KIND_WORDS);
const ACTIONS = reversed(ACTION_WORDS);
const CAUSES = reversed(CAUSE_WORDS);

/** Which column has which heading. @returns problems when headings are missing, doubled or unknown */
export function readHeadings({ cells }: CsvRow): Map<ReadHeading, number> | ImportProblem[] {
  const headings = cells.map((cell) => cell.normalize('NFKC').trim());
  const known = new Set<string>([...READ_HEADINGS, ...TOLD_HEADINGS, '']);
  const problems = [
    ...REQUIRED.filter((heading) => !headings.includes(heading)).map((heading) => ({
      ...{ row: 1, column: heading, message: `見出し「${heading}」がありません。` },
    })),
    ...headings
      .filter((heading, index) => !known.has(heading) || (heading !== '' && headings.indexOf(heading) !== index))
      .map((heading) => ({ row: 1, column: heading, message: `見出し「${heading}」は使えないか、重複しています。` })),
  ];
  if (problems.length > 0) return problems;
  return new Map(READ_HEADINGS.map((heading) => [heading, headings.indexOf(heading)]));
}

/** What stands in a row; the apostrophe in front, which keeps a spreadsheet from reckoning, is none of it. */
function cellsOf({ cells }: CsvRow, places: ReadonlyMap<ReadHeading, number>): Cells {
  const read = {} as Cells;
  for (const heading of READ_HEADINGS) {
    const cell = (cells[places.get(heading) ?? -1] ?? '').trim();
    read[heading] = /^'[=+\-@＝＋－＠\d]/.test(cell) ? cell.slice(1) : cell;
  }
  return read;
}

/**
 * @param now what a rule without a start begins at
 * @returns the rule, or everything that is wrong with its row
 */
export function readRule(row: CsvRow, places: ReadonlyMap<ReadHeading, number>, now: Date): ReadRule | ImportProblem[] {
  const cells = cellsOf(row, places);
  const wrong = (column: ReadHeading, message: string): ImportProblem => ({ row: row.row, column, message });
  const kind = KINDS.get(cells.種別);
  const type = ACTIONS.get(cells.処置);
  const cause = cells.切断理由 === '' ? 'refused' : CAUSES.get(cells.切断理由);
  const times = { startsAt: readTime(cells.開始), expiresAt: readTime(cells.終了) };
  const problems = [
    ...(kind ? [] : [wrong('種別', `「${[...KINDS.keys()].join('」「')}」のどれかにしてください。`)]),
    ...(type ? [] : [wrong('処置', `「${[...ACTIONS.keys()].join('」「')}」のどれかにしてください。`)]),
    ...(cause ? [] : [wrong('切断理由', `「${[...CAUSES.keys()].join('」「')}」のどれかにしてください。`)]),
    ...(times.startsAt === undefined ? [wrong('開始', TIME_WANTED)] : []),
    ...(times.expiresAt === undefined ? [wrong('終了', TIME_WANTED)] : []),
  ];
  if (problems.length > 0) return problems;
  const lines = cells.着信番号.split(/[\s,、]+/).filter((line) => line !== '');
  const written = {
    match: kind === 'exact' || kind === 'prefix' ? { kind, number: cells.番号 } : { kind },
    action: type === 'refuse' ? { type, cause } : type === 'desk' ? { type, desk: cells.窓口 } : { type },
    lines: lines.length === 0 ? null : lines,
    ...{ reason: cells.理由, note: cells.備考, reviewOn: readDate(cells.見直し日) ?? cells.見直し日 },
  };
  const parsed = BlockRuleProposal.safeParse(written, { error: japanese });
  if (!parsed.success) return parsed.error.issues.map((issue) => wrong(headingOf(issue), issue.message));
  const rule = { ...parsed.data, startsAt: times.startsAt ?? now, expiresAt: times.expiresAt ?? null };
  return { row: row.row, rule };
}

const headingOf = ({ path }: z.core.$ZodIssue): ReadHeading =>
  path.at(-1) === 'desk' ? '窓口' : (HEADING_OF_PLACE[String(path[0])] ?? '種別');

export const toImportProblem = (row: number, { path, message }: BlockRuleProblem): ImportProblem => {
  const [, place = '', part] = path.split('/');
  return { row, column: part === 'desk' ? '窓口' : (HEADING_OF_PLACE[place] ?? ''), message };
};

const TIME_WANTED = '2026-11-22 または 2026-11-22 09:00 の形で入力してください。';
const DATE = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/** Japan time; Excel's slashes too. @returns null for nothing, undefined for what is no time */
export function readTime(written: string): Date | null | undefined {
  if (written === '') return null;
  const parts: (string | undefined)[] | undefined = DATE.exec(written.normalize('NFKC'))?.slice(1);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] =
    parts?.map((part) => Number(part ?? 0)) ?? [];
  // 2026-02-30 would become a day in March.
  const isDay = isInYears(String(year)) && month <= 12 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second) - JST_AHEAD_MS);
}

function readDate(written: string): string | null {
  const at = written.includes(':') ? undefined : readTime(written);
  return at ? japanTime(at).date : null;
}

type Period = Pick<ProposedRule, 'startsAt' | 'expiresAt'>;

const overlap = (one: Period, other: Period): boolean =>
  (other.expiresAt === null || one.startsAt < other.expiresAt) &&
  (one.expiresAt === null || other.startsAt < one.expiresAt);

type Claim = Pick<ProposedRule, 'match' | 'lines'> & Period;

/** Rules that would be in force for the same callers on the same line at the same time. */
export class TakenPeriods {
  private readonly periods = new Map<string, Period[]>();

  /** @returns whether there was room */
  take(rule: Claim): boolean {
    if (astDbKeys(rule).some((key) => this.periods.get(key)?.some((taken) => overlap(rule, taken)))) return false;
    this.add(rule);
    return true;
  }

  /** Of a rule that is there already, whatever else is. */
  add(rule: Claim): void {
    const { startsAt, expiresAt } = rule;
    for (const key of astDbKeys(rule)) {
      const taken = this.periods.get(key);
      if (taken) taken.push({ startsAt, expiresAt });
      else this.periods.set(key, [{ startsAt, expiresAt }]);
    }
  }
}
