import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BlockRules1795300004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SEQUENCE block_rule_revisions;
      CREATE TABLE block_rules (
        id uuid PRIMARY KEY,
        match_key text NOT NULL CHECK (match_key ~ '^((exact|prefix)/[+]?[0-9]+|withheld|payphone|unavailable|invalid)$'),
        lines text[] CHECK (cardinality(lines) > 0),
        action jsonb NOT NULL,
        reason text NOT NULL,
        note text NOT NULL,
        proposed_by uuid NOT NULL REFERENCES users,
        proposed_at timestamptz(3) NOT NULL,
        approved_by uuid REFERENCES users,
        approved_at timestamptz(3),
        withdrawn_by uuid REFERENCES users,
        withdrawn_at timestamptz(3),
        withdrawn_reason text,
        starts_at timestamptz(0) NOT NULL,
        expires_at timestamptz(0),
        review_on date NOT NULL,
        batch uuid,
        revision bigint NOT NULL DEFAULT nextval('block_rule_revisions'),
        CONSTRAINT block_rules_second_person CHECK (approved_by <> proposed_by),
        CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
        CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)),
        CHECK (expires_at > starts_at)
      );
      CREATE INDEX block_rules_key ON block_rules (match_key) WHERE withdrawn_at IS NULL;
      CREATE INDEX block_rules_newest ON block_rules (proposed_at DESC, id DESC);
      CREATE INDEX block_rules_revision ON block_rules (revision);
      CREATE INDEX block_rules_batch ON block_rules (batch) WHERE batch IS NOT NULL;
      CREATE INDEX block_rules_expiring ON block_rules (expires_at) WHERE approved_at IS NOT NULL AND withdrawn_at IS NULL;

      ALTER TABLE calls
        ADD COLUMN block_rule_id uuid,
        ADD COLUMN block_action text;
      CREATE INDEX calls_block_rule ON calls (block_rule_id, started_at DESC, id DESC) WHERE block_rule_id IS NOT NULL;
    `);
  }

  /** Calls are derived from their journals, which stay. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE calls DROP COLUMN block_rule_id, DROP COLUMN block_action;
      DROP TABLE block_rules;
      DROP SEQUENCE block_rule_revisions;
    `);
  }
}
