import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ApprovedRule, matchOfKey } from './block-decision.ts';
import type { BlockAction } from './block-rule.schema.ts';

interface Row {
  id: string;
  matchKey: string;
  lines: string[] | null;
  action: BlockAction;
  startsAt: Date;
  expiresAt: Date | null;
}

const COLUMNS = `id, match_key AS "matchKey", lines, action, starts_at AS "startsAt", expires_at AS "expiresAt"`;
const LIVING = `approved_at IS NOT NULL AND withdrawn_at IS NULL AND (expires_at IS NULL OR expires_at > $1)`;

const toRule = ({ matchKey, ...row }: Row): ApprovedRule => ({ ...row, match: matchOfKey(matchKey) });

/** Approved rules, as calls go by them. */
@Injectable()
export class ApprovedRulesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Rules that are not over at the instant, at any of these keys. */
  async at(keys: readonly string[], now: Date): Promise<ApprovedRule[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM block_rules WHERE ${LIVING} AND match_key = ANY($2) ORDER BY starts_at, id`,
      [now, keys],
    );
    return rows.map(toRule);
  }

  /** @returns up to `limit` keys of approved rules that are not over, after `key`, in order */
  async keysAfter(key: string, now: Date, limit: number): Promise<string[]> {
    const rows: { key: string }[] = await this.dataSource.query(
      `SELECT DISTINCT match_key AS key FROM block_rules WHERE ${LIVING} AND match_key > $2
       ORDER BY match_key LIMIT $3`,
      [now, key, limit],
    );
    return rows.map((row) => row.key);
  }

  /** The change that is newest now. */
  async newestRevision(): Promise<number> {
    const [row]: { revision: string | null }[] = await this.dataSource.query(
      'SELECT max(revision) AS revision FROM block_rules',
    );
    return Number(row?.revision ?? 0);
  }

  /** Rules that changed after a revision, in order: enough to know which keys of the copy to make anew. */
  async changedAfter(
    revision: number,
    limit: number,
  ): Promise<{ matchKey: string; lines: string[] | null; revision: number }[]> {
    const rows: { matchKey: string; lines: string[] | null; revision: string }[] = await this.dataSource.query(
      `SELECT match_key AS "matchKey", lines, revision FROM block_rules WHERE revision > $1 ORDER BY revision LIMIT $2`,
      [revision, limit],
    );
    return rows.map((row) => ({ ...row, revision: Number(row.revision) }));
  }

  /** Approved rules whose time ended between two instants. */
  async expiredBetween(from: Date, to: Date, limit: number): Promise<{ matchKey: string; lines: string[] | null }[]> {
    return this.dataSource.query(
      `SELECT match_key AS "matchKey", lines FROM block_rules
       WHERE approved_at IS NOT NULL AND withdrawn_at IS NULL AND expires_at > $1 AND expires_at <= $2 LIMIT $3`,
      [from, to, limit],
    );
  }

  /** Lengths of the beginnings there are rules for, the longest first. */
  async prefixLengths(now: Date): Promise<number[]> {
    const rows: { length: number }[] = await this.dataSource.query(
      `SELECT DISTINCT length(match_key) - 7 AS length FROM block_rules
       WHERE ${LIVING} AND match_key LIKE 'prefix/%' ORDER BY length DESC`,
      [now],
    );
    return rows.map(({ length }) => length);
  }
}
