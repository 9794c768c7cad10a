import { ConfigurationVersionRepository } from '../../backend/src/configuration/configuration-version.repository.ts';
import { smallOffice } from '../../backend/src/configuration/document.fixture.ts';
import { Clock } from '../../backend/src/platform/clock.ts';
import { ADMIN, type ApiUnderTest } from './api/api-under-test.ts';
import type { Answer, Visitor } from './api/visitor.ts';

/** The small office, with somebody who proposes block rules and somebody else who approves them. */
export async function twoPeople(api: ApiUnderTest): Promise<{ proposer: Visitor; approver: Visitor }> {
  const { dataSource } = api.database;
  await new ConfigurationVersionRepository(dataSource, new Clock()).add(smallOffice(), null, null);
  await dataSource.query(
    `INSERT INTO users (id, login, name, password_hash, must_change_password, created_at)
     SELECT '5e1f3a52-0000-4000-8000-000000000002', 'second', '承認者', password_hash, false, now() FROM users LIMIT 1`,
  );
  await dataSource.query('UPDATE users SET must_change_password = false');
  const proposer = await api.administrator();
  const approver = api.visitor();
  await approver.logIn('second', ADMIN.password);
  return { proposer, approver };
}

/** Sends a file of block rules. @param query e.g. `?duplicates=skip` */
export const uploadedBy = (visitor: Visitor, csv: string | Buffer, query = ''): Promise<Answer> =>
  visitor.ask('POST', `/api/v1/block-rules/import${query}`, {
    body: csv,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(Buffer.byteLength(csv)) },
  });
