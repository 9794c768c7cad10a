import type { ConfigurationDocument } from '../configuration/configuration.schema.ts';
import { matchKeyOf } from './block-decision.ts';
import type { ReadHeading } from './block-rule-csv.ts';
import { blockRuleProblemsIn, type BlockRuleProblem, type ProposedRule } from './block-rule-problems.ts';
import { BlockRuleImportRefusedError, type ImportProblem } from './block-rules.errors.ts';
import type { LivingRulesAt } from './block-rules.repository.ts';
import { type CsvRow, csvRows } from './csv-rows.ts';
import { readHeadings, readRule, type ReadRule, TakenPeriods, toImportProblem } from './read-block-rules.ts';

const MOST_RULES = 200_000;
/** More than anybody corrects at once; the total is told. */
const MOST_PROBLEMS = 200;
/** Read at a stretch: some 30 ms, in which the process does nothing else. */
const ROWS_AT_ONCE = 1000;

export type Duplicates = 'refuse' | 'skip';

/** Rules of a file that are to be added, and how many were left out. */
export interface ReadSlice {
  fresh: ProposedRule[];
  skipped: number;
}

/** Reads a CSV file of block rules from its beginning to its end, once. */
export class BlockRuleReading {
  private readonly problems = new Problems();
  private readonly taken = new TakenPeriods();
  private readonly problemsOf: (rule: ProposedRule) => BlockRuleProblem[];

  /** @param now what a rule without a start begins at */
  constructor(
    private readonly text: string,
    document: ConfigurationDocument,
    private readonly now: Date,
    private readonly duplicates: Duplicates,
  ) {
    this.problemsOf = blockRuleProblemsIn(document, now);
  }

  /**
   * Slice by slice, until something is wrong; what follows is then looked at, too, so that all of it is told.
   * @throws BlockRuleImportRefusedError at the end
   */
  async *slices(livingAt: LivingRulesAt): AsyncGenerator<ReadSlice> {
    for (const read of this.read()) {
      for (const { row, rule } of read) this.problems.addAll(row, this.problemsOf(rule));
      const slice = await this.withoutDuplicates(read, livingAt);
      if (this.problems.none) yield slice;
    }
    this.problems.refuse();
  }

  private *read(): Generator<ReadRule[]> {
    const rows = csvRows(this.text);
    const places = this.places(rows);
    if (places === null) return;
    let slice: ReadRule[] = [];
    let seen = 0;
    for (const row of rows) {
      seen += 1;
      if (seen > MOST_RULES) {
        const message = `一度に取り込めるのは${MOST_RULES}件までです。ファイルを分けてください。`;
        this.problems.add({ row: row.row, column: '', message });
        break;
      }
      const found = readRule(row, places, this.now);
      if (Array.isArray(found)) found.forEach((problem) => this.problems.add(problem));
      else slice.push(found);
      if (seen % ROWS_AT_ONCE > 0) continue;
      yield slice;
      slice = [];
    }
    yield slice;
  }

  /** @returns null when no row can be read */
  private places(rows: Generator<CsvRow>): Map<ReadHeading, number> | null {
    const heading = rows.next();
    if (heading.done === true) {
      this.problems.add({ row: 0, column: '', message: 'ファイルが空です。' });
      return null;
    }
    const places = readHeadings(heading.value);
    if (!Array.isArray(places)) return places;
    places.forEach((problem) => this.problems.add(problem));
    return null;
  }

  private async withoutDuplicates(read: readonly ReadRule[], livingAt: LivingRulesAt): Promise<ReadSlice> {
    const keys = [...new Set(read.map(({ rule }) => matchKeyOf(rule.match)))];
    for (const rule of await livingAt(keys, this.now)) this.taken.add(rule);
    const fresh = read.filter(({ row, rule }) => {
      if (this.taken.take(rule)) return true;
      if (this.duplicates === 'refuse') this.problems.add({ row, column: '番号', message: DUPLICATE });
      return false;
    });
    return { fresh: fresh.map(({ rule }) => rule), skipped: read.length - fresh.length };
  }
}

const DUPLICATE = '同じ相手・着信番号・期間の着信規制が、すでにあるか、このファイルの前の行にあります。';

/** The first problems of a file, and how many there are. */
class Problems {
  private readonly kept: ImportProblem[] = [];
  private total = 0;

  get none(): boolean {
    return this.total === 0;
  }

  add(problem: ImportProblem): void {
    this.total += 1;
    if (this.kept.length < MOST_PROBLEMS) this.kept.push(problem);
  }

  addAll(row: number, found: readonly BlockRuleProblem[]): void {
    for (const problem of found) this.add(toImportProblem(row, problem));
  }

  /** @throws BlockRuleImportRefusedError */
  refuse(): void {
    if (this.none) return;
    throw new BlockRuleImportRefusedError(
      this.kept.toSorted((a, b) => a.row - b.row),
      this.total,
    );
  }
}
