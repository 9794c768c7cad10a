import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RecordingKeys1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Wrapped keys, never plain ones. A class key cannot be destroyed while a recording key needs it.
      CREATE TABLE class_keys (
        name text PRIMARY KEY,
        wrapped bytea NOT NULL
      );
      -- No reference to recordings: keys are backed up, restored and destroyed apart from them.
      CREATE TABLE recording_keys (
        recording_id uuid PRIMARY KEY,
        class_name text NOT NULL REFERENCES class_keys ON DELETE RESTRICT,
        wrapped bytea NOT NULL
      );
      CREATE INDEX recording_keys_class ON recording_keys (class_name);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recording_keys, class_keys');
  }
}
