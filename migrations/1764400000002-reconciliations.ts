import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Reconciliations1764400000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reconciliations (
        id uuid PRIMARY KEY,
        wanted_at timestamptz(3) NOT NULL,
        -- null = the box itself, at night
        wanted_by uuid,
        dry_run boolean NOT NULL,
        thorough boolean NOT NULL,
        state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'braked', 'refused', 'failed')),
        started_at timestamptz(3),
        ended_at timestamptz(3),
        counts jsonb NOT NULL DEFAULT '{}',
        findings jsonb NOT NULL DEFAULT '[]'
      );
      CREATE INDEX reconciliations_newest ON reconciliations (wanted_at DESC);
      -- One at a time, in however many workers.
      CREATE UNIQUE INDEX reconciliations_running ON reconciliations ((true)) WHERE state = 'running';

      -- What the store says it holds, while a reconciliation runs. Worth nothing after a crash.
      CREATE UNLOGGED TABLE vault_listing (
        path text PRIMARY KEY,
        size_bytes bigint NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE vault_listing, reconciliations');
  }
}
