import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Exports1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE exports (
        id uuid PRIMARY KEY,
        created_at timestamptz(3) NOT NULL,
        created_by uuid NOT NULL REFERENCES users,
        reason text NOT NULL,
        format text NOT NULL CHECK (format IN ('original', 'wav', 'flac', 'mp3')),
        side text NOT NULL CHECK (side IN ('both', 'left', 'right')),
        list_encoding text NOT NULL CHECK (list_encoding IN ('utf-8', 'cp932')),
        encrypted boolean NOT NULL,
        lost_characters text NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        state text NOT NULL CHECK (state IN ('ready', 'running', 'completed', 'interrupted')),
        calls int NOT NULL,
        done int NOT NULL DEFAULT 0,
        without_audio int NOT NULL DEFAULT 0,
        missing int NOT NULL DEFAULT 0,
        size_bytes bigint NOT NULL DEFAULT 0,
        started_at timestamptz(3),
        alive_at timestamptz(3),
        ended_at timestamptz(3)
      );
      CREATE INDEX exports_newest ON exports (created_at DESC, id DESC);
      -- No reference to calls or recordings: an export must not keep retention from deleting them.
      CREATE TABLE export_items (
        export_id uuid NOT NULL REFERENCES exports ON DELETE CASCADE,
        position int NOT NULL,
        call_id uuid NOT NULL,
        recording_id uuid,
        PRIMARY KEY (export_id, position)
      );
      CREATE INDEX export_items_call ON export_items (call_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE export_items, exports');
  }
}
