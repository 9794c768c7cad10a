import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.service.ts';
import { ConfigurationVersionRepository } from '../configuration/configuration-version.repository.ts';
import { defaultConfiguration } from '../configuration/default-configuration.ts';
import { Clock } from '../platform/clock.ts';
import { type CsvEncoding, csvHeading, csvLineOf } from './block-rule-csv.ts';
import { BlockRuleReading, type Duplicates } from './block-rule-reading.ts';
import type { BlockRulesImported } from './block-rule.schema.ts';
import { ImportTooLargeError } from './block-rules.errors.ts';
import { type Actor, BlockRulesRepository, type LivingRulesAt } from './block-rules.repository.ts';
import { BlockRules, toNewRule, wholeSecond } from './block-rules.service.ts';
import { decodeCsv } from './csv-rows.ts';

/** 100,000 rules take about 10 MiB. */
const MOST_BYTES = 32 * 1024 ** 2;
const PAGE = 200;

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
    const document = (await this.versions.newest())?.document ?? defaultConfiguration();
    const reading = new BlockRuleReading(decodeCsv(await wholeOf(file)), document, now, duplicates);
    const batch = randomUUID();
    const detail = { proposed: 0, skipped: 0 };
    const { rules } = this;
    async function* slices(livingAt: LivingRulesAt) {
      for await (const { fresh, skipped } of reading.slices(livingAt)) {
        detail.proposed += fresh.length;
        detail.skipped += skipped;
        if (fresh.length > 0) yield fresh.map((rule) => toNewRule(rule, actor.userId, now, batch));
      }
    }
    await rules.add(slices, { ...actor, action: 'block-rules.import', subject: batch, detail });
    return { batch: detail.proposed === 0 ? null : batch, ...detail };
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
