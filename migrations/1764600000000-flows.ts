import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Flows1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schedule_switches (
        schedule text PRIMARY KEY,
        openness text NOT NULL CHECK (openness IN ('open', 'closed')),
        until timestamptz(3) NOT NULL,
        set_at timestamptz(3) NOT NULL,
        set_by uuid REFERENCES users
      );

      ALTER TABLE calls
        ADD COLUMN callback_requested boolean NOT NULL DEFAULT false,
        DROP CONSTRAINT calls_outcome_check,
        ADD CONSTRAINT calls_outcome_check CHECK (outcome IN
          ('answered', 'forwarded', 'message', 'unanswered', 'abandoned', 'closed', 'refused', 'failed'));
      CREATE INDEX calls_callback_requested ON calls (started_at DESC) WHERE callback_requested;
    `);
  }

  /** Calls are derived from their journals, which stay; what is newer than the former outcomes becomes the nearest one. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE calls SET outcome = CASE outcome WHEN 'forwarded' THEN 'answered' ELSE 'unanswered' END
        WHERE outcome IN ('forwarded', 'message', 'closed');
      ALTER TABLE calls
        DROP COLUMN callback_requested,
        DROP CONSTRAINT calls_outcome_check,
        ADD CONSTRAINT calls_outcome_check
          CHECK (outcome IN ('answered', 'unanswered', 'abandoned', 'refused', 'failed'));
      DROP TABLE schedule_switches;
    `);
  }
}
