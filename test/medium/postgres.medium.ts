import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './postgres.ts';

describe('the medium tier', () => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    first = await createTestDatabase();
    second = await createTestDatabase();
  });

  afterAll(async () => {
    await first.drop();
    await second.drop();
  });

  it('gives every file a migrated database of its own', async () => {
    const counts = (database: TestDatabase) =>
      database.dataSource.query<{ n: number }[]>('select count(*)::int as n from health_reports');
    await first.dataSource.query(
      `insert into health_reports (check_id, status, since, reported_at) values ('worker', 'ok', now(), now())`,
    );
    expect(await counts(first)).toEqual([{ n: 1 }]);
    expect(await counts(second)).toEqual([{ n: 0 }]);
  });

  it('has no pending migration', async () => {
    expect(await first.dataSource.showMigrations()).toBe(false);
  });

  it('connects as a role that cannot leave its database', async () => {
    const [role] = await first.dataSource.query<{ rolsuper: boolean; rolcreatedb: boolean; rolcreaterole: boolean }[]>(
      'select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
    );
    expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
  });
});
