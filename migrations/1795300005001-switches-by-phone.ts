import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SwitchesByPhone1795300005001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE schedule_switches ADD COLUMN set_by_phone text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE schedule_switches DROP COLUMN set_by_phone');
  }
}
