import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { defaultConfiguration } from '../configuration/default-configuration.ts';
import { Clock } from '../platform/clock.ts';
import { matchKeyOf } from './block-decision.ts';
import { type CsvEncoding, csvHeading, csvLineOf, type ReadHeading } from './block-rule-csv.ts';
import { blockRuleProblemsIn, type BlockRuleProblem } from './block-rule-problems.ts';
import type { BlockRulesImported } from './block-rule.schema.ts';
import { BlockRuleImportRefusedError, type ImportProblem, ImportTooLargeError } from './block-rules.errors.ts';
import { type Actor, BlockRulesRepository } from './block-rules.repository.ts';
import { BlockRules, toNewRule, wholeSecond } from './block-rules.service.ts';
import { type CsvRow, csvRows, decodeCsv } from './csv-rows.ts';
import { readHeadings, type ReadRule, readRule, TakenPeriods, toImportProblem } from './read-block-rules.ts';

/** 100,000 rules take about 10 MiB. */
const MOST_BYTES = 32 * 1024 ** 2;
const MOST_RULES = 200_000;
/** More than anybody corrects at once; the total is told. */
const MOST_PROBLEMS = 200;
const PAGE = 200;

export type Duplicates = 'refuse' | 'skip';

/** Block rules as CSV files, to and from a spreadsheet. */
@Injectable()
export class BlockRuleFiles {
  constructor(
    private readonly rules: BlockRulesRepository,
    private readonly blockRules: BlockRules,
    private readonly versions: ConfigurationVersionRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Proposes every rule of a file, or none.
   * @param duplicates what becomes of a row for whose callers, lines and time there is a rule, or an earlier row: a mistake, or
   * left out
   * @throws ImportTooLargeError, BlockRuleImportRefusedError with what is wrong in each row
   */
  async import(file: Readable, duplicates: Duplicates, actor: Actor): Promise<BlockRulesImported> {
    const now = wholeSecond(this.clock.now());
    const problems = new Problems();
    const read = readFile(decodeCsv(await wholeOf(file)), now, problems);
    const document = (await this.versions.newest())?.document ?? defaultConfiguration();
    const problemsOf = blockRuleProblemsIn(document, now);
    for (const { row, rule } of read) problems.addAll(row, problemsOf(rule));
    const fresh = await this.withoutDuplicates(read, now, duplicates, problems);
    problems.refuse();
    if (fresh.length === 0) return { batch: null, proposed: 0, skipped: read.length };
    const batch = randomUUID();
    const detail = { proposed: fresh.length, skipped: read.length - fresh.length };
    const act = { ...actor, action: 'block-rules.import', subject: batch, detail } as const;
    await this.rules.add(
      fresh.map(({ rule }) => toNewRule(rule, actor.userId, now, batch)),
      act,
    );
    return { batch, ...detail };
  }

  /** @param all also those that are over or withdrawn */
  async *export(encoding: CsvEncoding, all: boolean, { userId, remoteAddress }: Actor): AsyncGenerator<Buffer> {
    await this.audit.record({ userId, action: 'block-rules.export', detail: { encoding, all }, remoteAddress });
    yield csvHeading(encoding);
    for (let cursor: string | null | undefined = undefined; cursor !== null;) {
      const page = await this.blockRules.search({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
      const told = page.rules.filter(({ state }) => all || (state !== 'expired' && state !== 'withdrawn'));
      yield Buffer.concat(told.map((rule) => csvLineOf(rule, encoding)));
      cursor = page.nextCursor;
    }
  }

  private async withoutDuplicates(read: readonly ReadRule[], now: Date, duplicates: Duplicates, problems: Problems) {
    const taken = new TakenPeriods();
    const keys = [...new Set(read.map(({ rule }) => matchKeyOf(rule.match)))];
    for (const rule of await this.rules.livingAt(keys, now)) taken.add(rule);
    return read.filter(({ row, rule }) => {
      if (taken.take(rule)) return true;
      if (duplicates === 'refuse') problems.add({ row, column: '番号', message: DUPLICATE });
      return false;
    });
  }
}

const DUPLICATE = '同じ相手・着信番号・期間の着信規制が、すでにあるか、このファイルの前の行にあります。';

/** The first problems of a file, and how many there are. */
class Problems {
  private readonly kept: ImportProblem[] = [];
  private total = 0;

  add(problem: ImportProblem): void {
    this.total += 1;
    if (this.kept.length < MOST_PROBLEMS) this.kept.push(problem);
  }

  addAll(row: number, found: readonly BlockRuleProblem[]): void {
    for (const problem of found) this.add(toImportProblem(row, problem));
  }

  /** @throws BlockRuleImportRefusedError */
  refuse(): void {
    if (this.total === 0) return;
    throw new BlockRuleImportRefusedError(
      this.kept.toSorted((a, b) => a.row - b.row),
      this.total,
    );
  }
}

function readFile(text: string, now: Date, problems: Problems): ReadRule[] {
  const rows = csvRows(text);
  const heading = rows.next();
  if (heading.done === true) {
    problems.add({ row: 0, column: '', message: 'ファイルが空です。' });
    return [];
  }
  const places = readHeadings(heading.value);
  if (!Array.isArray(places)) return readRows(rows, places, now, problems);
  places.forEach((problem) => problems.add(problem));
  return [];
}

function readRows(
  rows: Iterable<CsvRow>,
  places: ReadonlyMap<ReadHeading, number>,
  now: Date,
  problems: Problems,
): ReadRule[] {
  const read: ReadRule[] = [];
  for (const row of rows) {
    if (read.length >= MOST_RULES) {
      const message = `一度に取り込めるのは${MOST_RULES}件までです。ファイルを分けてください。`;
      problems.add({ row: row.row, column: '', message });
      break;
    }
    const found = readRule(row, places, now);
    if (Array.isArray(found)) found.forEach((problem) => problems.add(problem));
    else read.push(found);
  }
  return read;
}

/** @throws ImportTooLargeError */
async function wholeOf(file: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new ImportTooLargeError(MOST_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
