import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordingRules1795300002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recordings ADD COLUMN rule text;
      ALTER TABLE calls
        DROP CONSTRAINT calls_recorder_check,
        ADD CONSTRAINT calls_recorder_check CHECK (recorder IN ('waiting', 'growing', 'stalled', 'stopped', 'paused', 'off'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE calls SET recorder = 'waiting' WHERE recorder IN ('paused', 'off');
      ALTER TABLE calls
        DROP CONSTRAINT calls_recorder_check,
        ADD CONSTRAINT calls_recorder_check CHECK (recorder IN ('waiting', 'growing', 'stalled', 'stopped'));
      ALTER TABLE recordings DROP COLUMN rule;
    `);
  }
}
