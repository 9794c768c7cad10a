import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MarkedCalls1795300005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE calls ADD COLUMN marked boolean NOT NULL DEFAULT false;
      CREATE INDEX calls_marked ON calls (started_at DESC) WHERE marked;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls DROP COLUMN marked');
  }
}
