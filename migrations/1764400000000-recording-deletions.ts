import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordingDeletions1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recordings
        ADD COLUMN deleted_at timestamptz(3),
        ADD COLUMN deleted_by uuid,
        ADD COLUMN deletion_rule text,
        -- The audit event that says why: the reason stands there and nowhere else.
        ADD COLUMN deletion_event bigint,
        DROP CONSTRAINT recordings_state_check,
        ADD CONSTRAINT recordings_state_check CHECK (state IN ('sealing', 'sealed', 'none', 'deleted')),
        ADD CONSTRAINT recordings_deleted_check CHECK (
          CASE WHEN state = 'deleted'
            THEN deleted_at IS NOT NULL AND deletion_rule IS NOT NULL AND deletion_event IS NOT NULL AND peaks IS NULL
            ELSE deleted_at IS NULL AND deleted_by IS NULL AND deletion_rule IS NULL AND deletion_event IS NULL
          END
        );
      -- Deleted, but the file may still be there: it keeps its path until it is gone.
      CREATE INDEX recordings_file_left ON recordings (id) WHERE state = 'deleted' AND path IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX recordings_file_left;
      ALTER TABLE recordings
        DROP CONSTRAINT recordings_deleted_check,
        DROP CONSTRAINT recordings_state_check,
        ADD CONSTRAINT recordings_state_check CHECK (state IN ('sealing', 'sealed', 'none')),
        DROP COLUMN deleted_at, DROP COLUMN deleted_by, DROP COLUMN deletion_rule, DROP COLUMN deletion_event;
    `);
  }
}
