import type { MigrationInterface, QueryRunner } from 'typeorm';

export class OutgoingCalls1795300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE calls ADD COLUMN emergency boolean NOT NULL DEFAULT false;
      ALTER TABLE health_reports ADD COLUMN state text, ADD COLUMN round_trip_ms double precision;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE health_reports DROP COLUMN state, DROP COLUMN round_trip_ms;
      ALTER TABLE calls DROP COLUMN emergency;
    `);
  }
}
