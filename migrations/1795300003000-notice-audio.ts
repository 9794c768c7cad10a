import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sound itself stands in the row, so that a backup of the database is whole; files in the home are made from it. */
export class NoticeAudio1795300003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notice_audio (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        source text NOT NULL CHECK (source IN ('upload', 'speech', 'phone')),
        text text,
        kana text,
        voice text,
        duration_ms integer NOT NULL CHECK (duration_ms > 0),
        active_dbfs real NOT NULL,
        peak_dbfs real NOT NULL,
        clipped_share real NOT NULL,
        silent_share real NOT NULL,
        recorded_number integer,
        recorded_by text,
        pcm bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        created_by uuid REFERENCES users
      );
    `);
  }

  /** Documents that name own audio play a shipped sentence then. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notice_audio');
  }
}
