import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHECKED = 'block_rules_match_key_check';
const WITHOUT = `match_key ~ '^((exact|prefix)/[+]?[0-9]+|withheld|payphone|unavailable|invalid)$'`;
const WITH = `match_key ~ '^((exact|prefix)/[+]?[0-9]+|prefix/[+]|withheld|payphone|unavailable|invalid)$'`;

/** A rule may be about every number abroad: its beginning is the plus alone. */
export class BlockRulesAbroad1795300008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE block_rules DROP CONSTRAINT ${CHECKED}, ADD CONSTRAINT ${CHECKED} CHECK (${WITH})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM block_rules WHERE match_key = 'prefix/+';
      ALTER TABLE block_rules DROP CONSTRAINT ${CHECKED}, ADD CONSTRAINT ${CHECKED} CHECK (${WITHOUT});
    `);
  }
}
