import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a recording has silence in place of audio, and why. */
export class RecordingGaps1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE recordings ADD COLUMN gaps jsonb NOT NULL DEFAULT '[]'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE recordings DROP COLUMN gaps');
  }
}
