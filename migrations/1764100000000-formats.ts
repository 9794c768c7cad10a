import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Formats1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What stands out in the audio; see recordings/tracks.ts. null = nothing sealed.
      ALTER TABLE recordings ADD COLUMN tracks jsonb;
      ALTER TABLE recordings ADD CONSTRAINT recordings_format CHECK (format IN ('flac', 'opus'));
      -- Documents from before there were classes mean this one.
      UPDATE configuration_versions
        SET document = document || '{"recordings": {"classes": [{"id": "standard", "name": "標準", "format": "flac"}]}}'
        WHERE NOT document ? 'recordings';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE configuration_versions SET document = document - 'recordings';
      ALTER TABLE recordings DROP CONSTRAINT recordings_format;
      ALTER TABLE recordings DROP COLUMN tracks;
    `);
  }
}
