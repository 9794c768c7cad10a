import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The health page counts rules that are due for review, as often as somebody looks. */
export class BlockRuleReviews1795300007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX block_rules_review ON block_rules (review_on) WHERE approved_at IS NOT NULL AND withdrawn_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX block_rules_review');
  }
}
